import type { PrivacyRequest } from "./request.ts";
import { parseWorkspaceRef, type Scope } from "./scope.ts";

/** One line of the list of requests. `workspaces` are named as `workspaceKey` does. */
export type Summary = Pick<
  PrivacyRequest,
  | "requestId"
  | "kind"
  | "state"
  | "submitter"
  | "source"
  | "externalId"
  | "law"
  | "submittedAt"
  | "dueAt"
  | "finishedAt"
> & { readonly workspaces: readonly string[] };

/** What a line is made of; a whole request is more than enough. */
export type Summarized = Omit<Summary, "workspaces"> & Pick<PrivacyRequest, "scope" | "plan">;

/** The line of a request: nothing of whose data it is about, however it was asked for. */
export function summaryOf(request: Summarized): Summary {
  const { requestId, kind, state, submitter, source, externalId } = request;
  const { law, submittedAt, dueAt, finishedAt } = request;
  const planned = (request.plan?.workspaces ?? []).flatMap(({ workspaceId, armId }) =>
    armId === null ? [workspaceId] : [workspaceId, workspaceKey(armId)],
  );
  const workspaces = [...new Set([...namedIn(request.scope).map(workspaceKey), ...planned])];
  return {
    requestId,
    kind,
    state,
    submitter,
    source,
    externalId,
    law,
    submittedAt,
    dueAt,
    finishedAt,
    workspaces,
  };
}

/** The one form of a workspace's name that names are compared by. */
export function workspaceKey(text: string): string {
  const ref = parseWorkspaceRef(text);
  return ref?.by === "workspace-id" ? ref.workspaceId : text.toLowerCase();
}

function namedIn(scope: Scope): readonly string[] {
  if ("workspaces" in scope) return scope.workspaces;
  return "assets" in scope ? scope.assets.map(({ workspace }) => workspace) : [];
}
