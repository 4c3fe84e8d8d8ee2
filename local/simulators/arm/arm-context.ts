import type { SwitchBoard } from "../control/switches.ts";
import type { TokenIssuer } from "../entra/token-issuer.ts";
import type { Estate } from "../estate/estate.ts";

/** What Resource Manager needs. */
export type ArmContext = {
  readonly estate: Estate;
  readonly switches: SwitchBoard;
  readonly issuer: TokenIssuer;
  readonly origin: string;
  /** Reported as `studioEndpoint`, without `/api` and without a slash at the end. */
  readonly studioOrigin: string;
};

/** Path of the workspace collection below its group or subscription. */
export const WORKSPACES_PATH = "/providers/Microsoft.MachineLearning/workspaces";

/** Path pattern of a resource group. */
export const GROUP_PATTERN = "/subscriptions/{sub}/resourceGroups/{rg}";
