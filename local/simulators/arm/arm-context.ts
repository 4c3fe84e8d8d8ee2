import type { Clock } from "../clock.ts";
import { removalBy } from "../control/lies.ts";
import type { SwitchBoard } from "../control/switches.ts";
import type { TokenIssuer } from "../entra/token-issuer.ts";
import type { Estate } from "../estate/estate.ts";
import type { Removable } from "../estate/removals.ts";
import type { Workspace } from "../estate/workspace.ts";

/** What Resource Manager needs. */
export type ArmContext = {
  readonly estate: Estate;
  readonly clock: Clock;
  readonly switches: SwitchBoard;
  readonly issuer: TokenIssuer;
  readonly origin: string;
  /** Reported as `studioEndpoint`, without `/api` and without a slash at the end. */
  readonly studioOrigin: string;
  /** Where payloads lie that are too large for a resource. */
  readonly storageOrigin: string;
  /** Where new-style web services are called. */
  readonly executionOrigin: string;
};

/** Path of the workspace collection below its group or subscription. */
export const WORKSPACES_PATH = "/providers/Microsoft.MachineLearning/workspaces";

/** Path pattern of a resource group. */
export const GROUP_PATTERN = "/subscriptions/{sub}/resourceGroups/{rg}";

/** What a delete asks for: a workspace, or a resource that is kept with one. */
export type ArmTarget = {
  readonly owner: Workspace;
  readonly kind: Removable;
  readonly id: string;
  /** Path of the delete call. */
  readonly path: string;
};

/** Deletes the target after `delayMs`, as far as the switch `lies` lets it. */
export function removeTarget(target: ArmTarget, context: ArmContext, delayMs = 0): void {
  const { lies } = context.switches.current;
  const removal = removalBy(lies, target.path, context.clock.now(), delayMs / 1000);
  if (removal !== null) target.owner.removals.add(target.kind, target.id, removal);
}
