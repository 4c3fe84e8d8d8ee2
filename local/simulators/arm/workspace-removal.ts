import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import type { ArmContext } from "./arm-context.ts";
import type { ArmWorkspace } from "./arm-resources.ts";

/** Deletes workspaces, at once or as a long-running operation. */
export interface WorkspaceRemoval {
  /** Answers a DELETE in the form that the switch `armWorkspaceDelete` asks for. */
  start(target: ArmWorkspace): Reply;
  /** Where running operations are polled. */
  readonly routes: readonly Route[];
}

/** How long a removal takes that gives the caller nothing to poll. */
const UNPOLLED_LENGTH_MS = 1_000;

/**
 * A deleted workspace is gone from Resource Manager and its Studio tokens are refused; its storage account
 * and other resources of its group stay.
 */
export function createWorkspaceRemoval({ switches, origin }: ArmContext): WorkspaceRemoval {
  const operations: Operation[] = [];
  const begin = (target: ArmWorkspace) => {
    operations.push({ target, pollsLeft: switches.current.armPolls });
    return `${origin}/operations/${operations.length - 1}`;
  };
  const start = (target: ArmWorkspace) => {
    switch (switches.current.armWorkspaceDelete) {
      case "200":
        remove(target);
        return emptyReply(200);
      case "204":
        remove(target);
        return emptyReply(204);
      case "202-async":
        return accepted("Azure-AsyncOperation", `${begin(target)}/status?${API_VERSION}`);
      case "202-location":
        return accepted("Location", `${begin(target)}/result?${API_VERSION}`);
      case "202-bare":
        setTimeout(() => remove(target), UNPOLLED_LENGTH_MS).unref();
        return emptyReply(202);
    }
  };
  return { start, routes: pollRoutes(operations) };
}

type Operation = { readonly target: ArmWorkspace; pollsLeft: number };

const API_VERSION = "api-version=2019-10-01";

/** The status resource of `Azure-AsyncOperation` and the result resource of `Location`. */
function pollRoutes(operations: readonly Operation[]): Route[] {
  return [
    {
      method: "GET",
      pattern: "/operations/{id}/status",
      handle: (_request, path) => {
        const operation = operations[Number(path("id"))];
        if (operation === undefined) return emptyReply(404);
        return jsonReply({ status: isOverAfterPoll(operation) ? "Succeeded" : "Deleting" });
      },
    },
    {
      method: "GET",
      pattern: "/operations/{id}/result",
      handle: (request, path) => {
        const operation = operations[Number(path("id"))];
        if (operation === undefined) return emptyReply(404);
        return isOverAfterPoll(operation)
          ? emptyReply(200)
          : accepted("Location", request.url.href);
      },
    },
  ];
}

function isOverAfterPoll(operation: Operation): boolean {
  operation.pollsLeft -= 1;
  if (operation.pollsLeft <= 0) remove(operation.target);
  return operation.pollsLeft <= 0;
}

function remove({ workspace }: ArmWorkspace): void {
  workspace.isDeleted = true;
}

function accepted(header: "Azure-AsyncOperation" | "Location", url: string): Reply {
  return emptyReply(202, { [header]: url, "Retry-After": "1" });
}
