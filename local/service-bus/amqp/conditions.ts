import type { BrokerErrorCode } from "../model/broker-error.ts";

/**
 * The AMQP error condition and the status of a management reply for each refusal. The official
 * client turns them into its own codes (`MessageLockLost`, `MessagingEntityNotFound`, ...).
 */
export const CONDITIONS: Readonly<
  Record<BrokerErrorCode, { readonly condition: string; readonly status: number }>
> = {
  "entity-not-found": { condition: "amqp:not-found", status: 404 },
  "entity-already-exists": { condition: "com.microsoft:entity-already-exists", status: 409 },
  "message-not-found": { condition: "com.microsoft:message-not-found", status: 404 },
  "message-lock-lost": { condition: "com.microsoft:message-lock-lost", status: 410 },
  "message-size-exceeded": { condition: "amqp:link:message-size-exceeded", status: 413 },
  "message-malformed": { condition: "amqp:decode-error", status: 400 },
  "quota-exceeded": { condition: "amqp:resource-limit-exceeded", status: 403 },
  "server-busy": { condition: "com.microsoft:server-busy", status: 503 },
  "invalid-request": { condition: "amqp:invalid-field", status: 400 },
  "not-allowed": { condition: "amqp:not-allowed", status: 400 },
  "not-supported": { condition: "amqp:not-implemented", status: 501 },
  unauthorized: { condition: "amqp:unauthorized-access", status: 401 },
};
