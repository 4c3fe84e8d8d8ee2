import { randomUUID } from "node:crypto";
import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { type ArmContext, type ArmTarget, removeTarget } from "./arm-context.ts";

/** How a delete is answered. */
export type DeleteForm = "200" | "204" | "202-async" | "202-location" | "202-bare";

/** Deletes resources, at once or as a long-running operation. */
export interface Operations {
  /** A null target is one that is not there: the operation runs all the same and has no effect. */
  start(form: DeleteForm, subscriptionId: string, target: ArmTarget | null): Reply;
  /** Where running operations are polled. */
  readonly routes: readonly Route[];
}

type Operation = { readonly target: ArmTarget | null; readonly id: string; pollsLeft: number };

/** How long a removal takes that gives the caller nothing to poll. */
const UNPOLLED_LENGTH_MS = 1_000;
const API_VERSION = "api-version=2019-10-01";
const LOCATION_PATTERN =
  "/subscriptions/{sub}/providers/Microsoft.MachineLearning/locations/{location}";

/**
 * Long-running operations as Resource Manager runs them; a 202 says where to ask. They end after `armPolls`
 * polls as the switch `armFinalStatus` says, and only one that ends well has an effect.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
 */
export function createOperations(context: ArmContext): Operations {
  const { switches, origin } = context;
  const running = new Map<string, Operation>();
  const begin = (subscriptionId: string, target: ArmTarget | null, kind: string) => {
    const id = randomUUID();
    running.set(id, { target, id, pollsLeft: switches.current.armPolls });
    const path = LOCATION_PATTERN.replace("{sub}", subscriptionId).replace("{location}", "global");
    return `${origin}${path}/${kind}/${id}?${API_VERSION}`;
  };
  const removeNow = (target: ArmTarget | null, delayMs = 0) => {
    if (target !== null) removeTarget(target, context, delayMs);
  };
  const start = (form: DeleteForm, subscriptionId: string, target: ArmTarget | null) => {
    switch (form) {
      case "200":
      case "204":
        removeNow(target);
        return emptyReply(Number(form));
      case "202-async":
        return accepted("Azure-AsyncOperation", begin(subscriptionId, target, "operations"));
      case "202-location":
        return accepted("Location", begin(subscriptionId, target, "operationresults"));
      case "202-bare":
        removeNow(target, UNPOLLED_LENGTH_MS);
        return emptyReply(202);
    }
  };
  return { start, routes: pollRoutes(running, context) };
}

/** The status resource of `Azure-AsyncOperation` and the result resource of `Location`. */
function pollRoutes(running: ReadonlyMap<string, Operation>, context: ArmContext): Route[] {
  return [
    {
      method: "GET",
      pattern: `${LOCATION_PATTERN}/operations/{id}`,
      handle: (_request, path) => {
        const operation = running.get(path("id"));
        if (operation === undefined) return emptyReply(404);
        const isOver = isOverAfterPoll(operation, context);
        return wireStatus(operation, isOver ? context.switches.current.armFinalStatus : null);
      },
    },
    {
      method: "GET",
      pattern: `${LOCATION_PATTERN}/operationresults/{id}`,
      handle: (request, path) => {
        const operation = running.get(path("id"));
        if (operation === undefined) return emptyReply(404);
        if (!isOverAfterPoll(operation, context)) return accepted("Location", request.url.href);
        const { armFinalStatus } = context.switches.current;
        return armFinalStatus === "Succeeded" ? emptyReply(200) : jsonReply(FAILURE, 409);
      },
    },
  ];
}

const FAILURE = { error: { code: "Conflict", message: "The operation did not succeed." } };

/** Where ARM's own document has `status`, the provider of web services wrote `provisioningState`. */
function wireStatus({ id, target }: Operation, finalStatus: string | null): Reply {
  const isWorkspace = target?.kind === "workspace";
  const state = finalStatus ?? (isWorkspace ? "Deleting" : "Provisioning");
  const percentComplete = finalStatus === null ? 50 : 100;
  const hasFailed = finalStatus !== null && finalStatus !== "Succeeded";
  return isWorkspace
    ? jsonReply({ id, name: id, status: state, percentComplete, ...(hasFailed && FAILURE) })
    : jsonReply({
        id,
        name: id,
        provisioningState: state,
        percentComplete,
        ...(hasFailed && { errorInfo: FAILURE.error }),
      });
}

function isOverAfterPoll(operation: Operation, context: ArmContext): boolean {
  const isFirstEnd = operation.pollsLeft === 1;
  operation.pollsLeft = Math.max(0, operation.pollsLeft - 1);
  if (isFirstEnd && operation.target !== null) {
    const { armFinalStatus } = context.switches.current;
    if (armFinalStatus === "Succeeded") removeTarget(operation.target, context);
  }
  return operation.pollsLeft === 0;
}

function accepted(header: "Azure-AsyncOperation" | "Location", url: string): Reply {
  return emptyReply(202, { [header]: url, "Retry-After": "1" });
}
