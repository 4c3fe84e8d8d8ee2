/** Why the broker refuses an operation; the protocol turns each into one AMQP condition. */
export const BROKER_ERROR_CODES = [
  "entity-not-found",
  "entity-already-exists",
  "message-not-found",
  "message-lock-lost",
  "message-size-exceeded",
  "message-malformed",
  "quota-exceeded",
  "server-busy",
  "invalid-request",
  "not-allowed",
  "not-supported",
  "unauthorized",
] as const;

/** One of `BROKER_ERROR_CODES`. */
export type BrokerErrorCode = (typeof BROKER_ERROR_CODES)[number];

/** A refusal that the client is told about. The message holds no content, key or token. */
export class BrokerError extends Error {
  override readonly name = "BrokerError";
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
