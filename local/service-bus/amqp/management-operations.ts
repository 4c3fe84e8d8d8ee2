import type { Typed } from "rhea";
import { z } from "zod";
import type { Message } from "../model/message.ts";
import type { Queue } from "../model/queue.ts";
import { types } from "../wire/codec.ts";
import { fromUuidBytes, toUuidBytes } from "../wire/guid.ts";
import { readMessage } from "../wire/incoming-message.ts";
import { encodeMessage } from "../wire/outgoing-message.ts";
import { parseBody } from "./management-body.ts";
import { Changes } from "./outcome.ts";

/** Performs a request and returns the body of the reply; undefined when there is nothing to say. */
type Operation = (queue: Queue, body: unknown) => Record<string, unknown> | undefined;

const Bytes = z.instanceof(Buffer);
const SequenceNumbers = z.array(z.int());
const LockTokens = z.array(Bytes.transform(fromUuidBytes));

/** `receiver-settle-mode` of a receiver that takes messages without a lock. */
const TAKES_WITHOUT_LOCK = 0;

const TYPE_CODE = { long: 0x81, timestamp: 0x83 } as const;

/** The operations of a `$management` node by name. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["com.microsoft:renew-lock", renewLocks],
  ["com.microsoft:receive-by-sequence-number", receiveDeferred],
  ["com.microsoft:update-disposition", updateDisposition],
  ["com.microsoft:peek-message", peek],
  ["com.microsoft:schedule-message", schedule],
  ["com.microsoft:cancel-scheduled-message", cancelScheduled],
]);

const RenewLocks = z.object({ "lock-tokens": LockTokens });

function renewLocks(queue: Queue, body: unknown) {
  const request = parseBody(RenewLocks, body);
  const expirations = request["lock-tokens"].map((lockToken) => queue.renewLock(lockToken));
  return { expirations: types.wrap_array(expirations, TYPE_CODE.timestamp, undefined) };
}

const ReceiveDeferred = z.object({
  "sequence-numbers": SequenceNumbers,
  "receiver-settle-mode": z.int().default(TAKES_WITHOUT_LOCK),
});

function receiveDeferred(queue: Queue, body: unknown) {
  const request = parseBody(ReceiveDeferred, body);
  const sequenceNumbers = request["sequence-numbers"];
  if (request["receiver-settle-mode"] === TAKES_WITHOUT_LOCK) {
    const messages = queue.takeDeferred(sequenceNumbers);
    return { messages: messages.map((message) => ({ message: encodeMessage(message) })) };
  }
  const messages = queue.lockDeferred(sequenceNumbers).map((message) => ({
    "lock-token": types.wrap_uuid(toUuidBytes(message.state.lockToken)),
    message: encodeMessage(message),
  }));
  return { messages };
}

const UpdateDisposition = z.object({
  "lock-tokens": LockTokens,
  // The misspelt word is the one the service understands.
  "disposition-status": z.enum(["completed", "abandoned", "defered", "suspended"]),
  "deadletter-reason": z.string().nullish(),
  "deadletter-description": z.string().nullish(),
  "properties-to-modify": Changes.nullish(),
});

function updateDisposition(queue: Queue, body: unknown) {
  const request = parseBody(UpdateDisposition, body);
  for (const lockToken of request["lock-tokens"]) {
    settle(queue, lockToken, request);
  }
  return {};
}

function settle(
  queue: Queue,
  lockToken: string,
  request: z.output<typeof UpdateDisposition>,
): void {
  const changes = request["properties-to-modify"] ?? {};
  switch (request["disposition-status"]) {
    case "completed":
      queue.complete(lockToken);
      break;
    case "abandoned":
      queue.abandon(lockToken, changes);
      break;
    case "defered":
      queue.defer(lockToken, changes);
      break;
    case "suspended":
      queue.deadLetter(lockToken, {
        reason: request["deadletter-reason"] ?? undefined,
        description: request["deadletter-description"] ?? undefined,
        changes,
      });
      break;
  }
}

const Peek = z.object({ "from-sequence-number": z.int(), "message-count": z.int().positive() });

function peek(queue: Queue, body: unknown) {
  const request = parseBody(Peek, body);
  const messages = queue.peek(request["from-sequence-number"], request["message-count"]);
  return messages.length === 0 ? undefined : { messages: messages.map(peekedMessage) };
}

function peekedMessage(message: Message): Record<string, Buffer> {
  return { message: encodeMessage(message) };
}

const Schedule = z.object({ messages: z.array(z.object({ message: Bytes })) });

function schedule(queue: Queue, body: unknown) {
  const drafts = parseBody(Schedule, body).messages.map(({ message }) => readMessage(message));
  return { "sequence-numbers": longs(queue.send(drafts)) };
}

const CancelScheduled = z.object({ "sequence-numbers": SequenceNumbers });

function cancelScheduled(queue: Queue, body: unknown) {
  queue.cancelScheduled(parseBody(CancelScheduled, body)["sequence-numbers"]);
  return {};
}

function longs(values: readonly number[]): Typed {
  return types.wrap_array(values, TYPE_CODE.long, undefined);
}
