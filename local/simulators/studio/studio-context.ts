import type { Clock } from "../clock.ts";
import { removalBy } from "../control/lies.ts";
import type { SwitchBoard, Switches } from "../control/switches.ts";
import type { Estate } from "../estate/estate.ts";
import { type Planter, planterOf } from "../estate/planted-secrets.ts";
import type { Removable } from "../estate/removals.ts";
import { isDeleted, isExpiredGuest, type Workspace } from "../estate/workspace.ts";
import { emptyReply, type Reply } from "../http/reply.ts";
import type { PathValues, Route } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { type LinkTerms } from "../storage/links.ts";
import { errorReply } from "./errors.ts";
import { wireReply } from "./wire-json.ts";

/** What the Studio API needs. */
export type StudioContext = {
  readonly estate: Estate;
  readonly clock: Clock;
  readonly switches: SwitchBoard;
  /** Download links lead there. */
  readonly storageOrigin: string;
  /** Execution API, where classic web services are called. */
  readonly executionOrigin: string;
};

/** One authorized call on one workspace. */
export type StudioCall = {
  readonly context: StudioContext;
  readonly workspace: Workspace;
  readonly request: SimulatorRequest;
  readonly path: PathValues;
  /** Terms of the links in this answer: fresh each time. */
  readonly linkTerms: LinkTerms;
  /** Plants credentials in texts, when the switch says so. */
  readonly plant: Planter;
};

/** Answers one authorized call. */
export type StudioHandler = (call: StudioCall) => Reply | Promise<Reply>;

/**
 * A route below `/api/workspaces/{ws}`. Only the primary or secondary token of exactly that workspace is
 * accepted; the answer to any other, and to an unknown workspace, is 401. Expired guests are refused.
 */
export function studioRoute(
  method: string,
  pattern: string,
  context: StudioContext,
  handle: StudioHandler,
): Route {
  return {
    method,
    pattern: `/api/workspaces/{ws}${pattern}`,
    handle: (request, path) => {
      const workspace = authorize(request, path("ws"), context);
      if ("status" in workspace) return workspace;
      const linkTerms = termsOf(workspace, context);
      const plant = planterOf(workspace.key, context.switches.current.plantSecrets);
      return handle({ context, workspace, request, path, linkTerms, plant });
    },
  };
}

/** A 200 reply in the form that the switches ask for. */
export function answer(call: StudioCall, value: unknown): Reply {
  return wireReply(value, call.context.switches.current);
}

/** Whether the workspace's storage account can't be reached: it is gone, or its keys were rotated. */
export function isStorageClosed({ key }: Workspace, switches: Switches): boolean {
  return switches.storageMissing.includes(key) || switches.storageRotated.includes(key);
}

/** Whether a part of the call's workspace is out of sight. */
export function isGone({ workspace, context }: StudioCall, kind: Removable, id: string): boolean {
  return workspace.removals.isGone(kind, id, context.clock.now());
}

/** Deletes a part of the call's workspace, as far as the switches let it, and claims success. */
export function remove(call: StudioCall, kind: Removable, id: string, lagSeconds = 0): Reply {
  const { workspace, context, request } = call;
  const { lies } = context.switches.current;
  const removal = removalBy(lies, request.url.pathname, context.clock.now(), lagSeconds);
  if (removal !== null) workspace.removals.add(kind, id, removal);
  return emptyReply(204);
}

function authorize(
  request: SimulatorRequest,
  workspaceId: string,
  { estate, clock, switches }: StudioContext,
): Workspace | Reply {
  const workspace = estate.findWorkspace(workspaceId);
  const token = request.header("x-ms-metaanalytics-authorizationtoken");
  if (workspace !== null && isExpiredGuest(workspace, clock.now())) {
    return denied(request, Number(switches.current.guestExpiry), switches);
  }
  const isAccepted =
    workspace !== null &&
    !isDeleted(workspace, clock.now()) &&
    (token === workspace.primaryToken || token === workspace.secondaryToken);
  return isAccepted ? workspace : denied(request, 401, switches);
}

function denied(request: SimulatorRequest, status: number, switches: SwitchBoard): Reply {
  const message = `Attempted access to ${request.url.href} is not authorized and has been denied.`;
  return errorReply({ status, code: "UserError", message }, switches.current);
}

/** The terms of the links that an answer about this workspace has. */
export function termsOf(
  workspace: Workspace,
  context: Pick<StudioContext, "clock" | "switches" | "storageOrigin">,
): LinkTerms {
  const { linkMode, linkTtlSeconds } = context.switches.current;
  return {
    storageOrigin: context.storageOrigin,
    workspaceId: workspace.id,
    nowMs: context.clock.now(),
    ttlSeconds: linkTtlSeconds,
    isDirect: linkMode === "direct",
  };
}
