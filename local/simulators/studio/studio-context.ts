import type { Clock } from "../clock.ts";
import type { SwitchBoard } from "../control/switches.ts";
import type { Estate } from "../estate/estate.ts";
import { isExpiredGuest, type Workspace } from "../estate/workspace.ts";
import type { Reply } from "../http/reply.ts";
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
};

/** One authorized call on one workspace. */
export type StudioCall = {
  readonly context: StudioContext;
  readonly workspace: Workspace;
  readonly request: SimulatorRequest;
  readonly path: PathValues;
  /** Terms of the links in this answer: fresh each time. */
  readonly linkTerms: LinkTerms;
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
      return "status" in workspace
        ? workspace
        : handle({ context, workspace, request, path, linkTerms: termsOf(workspace, context) });
    },
  };
}

/** A 200 reply in the form that the switches ask for. */
export function answer(call: StudioCall, value: unknown): Reply {
  return wireReply(value, call.context.switches.current);
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
    !workspace.isDeleted &&
    (token === workspace.primaryToken || token === workspace.secondaryToken);
  return isAccepted ? workspace : denied(request, 401, switches);
}

function denied(request: SimulatorRequest, status: number, switches: SwitchBoard): Reply {
  const message = `Attempted access to ${request.url.href} is not authorized and has been denied.`;
  return errorReply({ status, code: "UserError", message }, switches.current);
}

function termsOf(workspace: Workspace, context: StudioContext): LinkTerms {
  return {
    storageOrigin: context.storageOrigin,
    workspaceId: workspace.id,
    nowMs: context.clock.now(),
    ttlSeconds: context.switches.current.linkTtlSeconds,
  };
}
