import { randomUUID } from "node:crypto";
import type { Typed } from "rhea";
import { BrokerError } from "../model/broker-error.ts";
import type { Draft } from "../model/message.ts";
import { decode, encode, types } from "./codec.ts";
import { SECTION, type Section, section, splitMap, splitSections } from "./sections.ts";

const NO_BYTES = Buffer.alloc(0);

/** The message-format of a batch: each data section is one encoded message. */
export const BATCH_FORMAT = 0x80013700;

/**
 * Reads the messages of one transfer: one of them, or all those of a batch. The sections from the
 * properties on keep their bytes; a message without a message-id gets one, because the official
 * client cannot renew the lock of a message that has none. Throws `message-malformed`.
 */
export function readTransfer(payload: Buffer, format: number): Draft[] {
  return format === BATCH_FORMAT ? readBatch(payload).map(readMessage) : [readMessage(payload)];
}

/** Reads one encoded message; throws `message-malformed`. */
export function readMessage(payload: Buffer): Draft {
  try {
    return readSections(payload);
  } catch (error) {
    // The decoder has errors of its own for a list or map whose parts do not fit its size.
    throw error instanceof BrokerError
      ? error
      : new BrokerError("message-malformed", "The message is not valid AMQP.");
  }
}

function readSections(payload: Buffer): Draft {
  const sections = splitSections(payload);
  const header = listOf(sections, SECTION.header);
  const annotations = find(sections, SECTION.messageAnnotations);
  const { messageId, bare } = withMessageId(payload, sections);
  checkMap(find(sections, SECTION.applicationProperties));
  checkMap(annotations);
  return {
    messageId,
    timeToLiveMs: numberAt(header, 2),
    scheduledAt: annotations === undefined ? undefined : scheduledTime(annotations),
    content: {
      durable: header[0]?.value === true,
      priority: numberAt(header, 1) ?? 4,
      // Copies, so that a small message does not keep the whole of the transfer in memory.
      annotations: annotations === undefined ? NO_BYTES : Buffer.from(annotations.bytes),
      bare,
    },
  };
}

function readBatch(payload: Buffer): Buffer[] {
  return splitSections(payload)
    .filter(({ code }) => code === SECTION.data)
    .map(({ binary }) => binary);
}

/** The sections from the properties on, copied; with a message-id where they have none. */
function withMessageId(
  payload: Buffer,
  sections: readonly Section[],
): { messageId: string; bare: Buffer } {
  const properties = find(sections, SECTION.properties);
  const fields = properties === undefined ? [] : listFields(properties);
  const [messageId] = fields;
  if (properties !== undefined && messageId !== undefined && messageId.value !== null) {
    return {
      messageId: messageIdText(messageId),
      bare: Buffer.from(payload.subarray(properties.start)),
    };
  }
  const generated = randomUUID().replaceAll("-", "");
  const list = types.wrap_list([types.wrap_string(generated), ...fields.slice(1)]);
  const rest = sections.find(({ code }) => code > SECTION.properties)?.start ?? payload.length;
  const bytes = section(SECTION.properties, encode(list));
  return { messageId: generated, bare: Buffer.concat([bytes, payload.subarray(rest)]) };
}

/** Ids of different types are different ids. */
function messageIdText({ type, value }: Typed): string {
  if (typeof value === "string") {
    return value;
  }
  return `${type.name}:${Buffer.isBuffer(value) ? value.toString("hex") : String(value)}`;
}

function scheduledTime(annotations: Section): number | undefined {
  const items = splitMap(annotations.value);
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [key, value] = items.slice(index, index + 2).map((item) => decode(item).value);
    if (key === "x-opt-scheduled-enqueue-time" && value instanceof Date) {
      return value.getTime();
    }
  }
  return undefined;
}

/** What is stored must be readable later, when there is no sender left to tell about it. */
function checkMap(map: Section | undefined): void {
  if (map === undefined) {
    return;
  }
  const items: Typed[] = decode(map.value).value;
  const hasTextKeys = items.every(
    ({ value }, index) => index % 2 === 1 || typeof value === "string",
  );
  if (splitMap(map.value).length !== items.length || items.length % 2 === 1 || !hasTextKeys) {
    throw new BrokerError("message-malformed", "The message has a map that is not valid AMQP.");
  }
}

function find(sections: readonly Section[], code: number): Section | undefined {
  return sections.find((each) => each.code === code);
}

function listOf(sections: readonly Section[], code: number): Typed[] {
  const found = find(sections, code);
  return found === undefined ? [] : listFields(found);
}

function listFields({ value }: Section): Typed[] {
  const fields: unknown = decode(value).value;
  return Array.isArray(fields) ? fields : [];
}

function numberAt(fields: readonly Typed[], index: number): number | undefined {
  const value: unknown = fields[index]?.value;
  return typeof value === "number" ? value : undefined;
}
