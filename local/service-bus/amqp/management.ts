import type { Session, Typed } from "rhea";
import { BrokerError } from "../model/broker-error.ts";
import type { Queue } from "../model/queue.ts";
import type { Turn } from "../turn.ts";
import { types } from "../wire/codec.ts";
import { CONDITIONS } from "./conditions.ts";
import { failFast } from "./fail-fast.ts";
import { OPERATIONS } from "./management-operations.ts";
import { type Reply, type ReplyLinks, type Request, readRequest } from "./reply-links.ts";

/**
 * Answers one request to the `$management` node of a queue, once its effect is durable. The
 * operations are those of
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response.
 */
export function handleManagementRequest(
  queue: Queue,
  payload: Buffer,
  session: Session,
  replyLinks: ReplyLinks,
  turn: Turn,
): void {
  const request = readRequest(payload);
  const reply = perform(queue, request);
  turn.afterCommit(() => replyLinks.reply(session, request, reply));
}

function perform(queue: Queue, request: Request): Reply {
  try {
    const operation = OPERATIONS.get(String(request.operation));
    if (operation === undefined) {
      throw new BrokerError(
        "not-supported",
        `The operation ${String(request.operation)} is not supported.`,
      );
    }
    const body = operation(queue, request.body);
    return body === undefined
      ? { properties: status(204, "No Content") }
      : { properties: status(200, "OK"), body };
  } catch (error) {
    if (!(error instanceof BrokerError)) {
      failFast(error);
    }
    const { condition, status: code } = CONDITIONS[error.code];
    const errorCondition = types.wrap_symbol(condition);
    return { properties: { ...status(code, error.message), errorCondition } };
  }
}

/** The JavaScript client reads `statusCode` of some replies and `status-code` of others. */
function status(code: number, description: string): Record<string, Typed | string> {
  return {
    statusCode: types.wrap_int(code),
    "status-code": types.wrap_int(code),
    statusDescription: description,
  };
}
