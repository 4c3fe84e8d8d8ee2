import type { Session, Typed } from "rhea";
import type { Entity } from "../entities.ts";
import { BrokerError } from "../model/broker-error.ts";
import type { Turn } from "../turn.ts";
import { types } from "../wire/codec.ts";
import { CONDITIONS } from "./conditions.ts";
import { failFast } from "./fail-fast.ts";
import { OPERATIONS } from "./management-operations.ts";
import { type Reply, type ReplyLinks, type Request, readRequest } from "./reply-links.ts";
import { RULE_OPERATIONS } from "./rule-operations.ts";

/**
 * Answers one request to the `$management` node of an entity, once its effect is durable. The
 * operations are those of
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response.
 */
export function handleManagementRequest(
  entity: Entity,
  payload: Buffer,
  session: Session,
  replyLinks: ReplyLinks,
  turn: Turn,
): void {
  const request = readRequest(payload);
  const reply = perform(entity, request);
  turn.afterCommit(() => replyLinks.reply(session, request, reply));
}

function perform(entity: Entity, request: Request): Reply {
  try {
    const body = bodyOf(entity, request);
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

function bodyOf({ kind, path, queue, rules }: Entity, request: Request) {
  const name = String(request.operation);
  const ruleOperation = RULE_OPERATIONS.get(name);
  if (ruleOperation !== undefined) {
    if (rules === undefined) {
      throw new BrokerError("not-allowed", `${path} is a ${kind}: only a subscription has rules.`);
    }
    return ruleOperation(rules, request.body);
  }
  const operation = OPERATIONS.get(name);
  if (operation === undefined) {
    throw new BrokerError("not-supported", `The operation ${name} is not supported.`);
  }
  return operation(queue, request.body);
}

/** The JavaScript client reads `statusCode` of some replies and `status-code` of others. */
function status(code: number, description: string): Record<string, Typed | string> {
  return {
    statusCode: types.wrap_int(code),
    "status-code": types.wrap_int(code),
    statusDescription: description,
  };
}
