import type { Typed } from "rhea";
import type { Message, PropertyChanges, PropertyValue } from "../model/message.ts";
import { asBuffer, decode, encode, encodeSection, types } from "./codec.ts";
import { toUuidBytes } from "./guid.ts";
import { joinMap, SECTION, type Section, section, splitMap, splitSections } from "./sections.ts";

/** How clients read `x-opt-message-state`. */
const MESSAGE_STATE = { active: 0, deferred: 1, scheduled: 2 } as const;

/**
 * Encodes a message for a receiver: a new header and new annotations around the bytes the sender
 * wrote. Of those only the application-properties section changes, and only when the message was
 * settled with properties.
 */
export function encodeMessage(message: Message): Buffer {
  return Buffer.concat([
    header(message),
    deliveryAnnotations(message),
    messageAnnotations(message),
    bareMessage(asBuffer(message.content.bare), message.changes),
  ]);
}

function header({ content, timeToLiveMs, deliveryCount }: Message): Buffer {
  const fields = [
    types.wrap_boolean(content.durable),
    types.wrap_ubyte(content.priority),
    // The field is an unsigned 32 bit number of milliseconds: about 49 days.
    timeToLiveMs === undefined || timeToLiveMs > 0xffffffff ? null : types.wrap_uint(timeToLiveMs),
    null,
    types.wrap_uint(deliveryCount),
  ];
  return encodeSection(SECTION.header, types.wrap_list(fields));
}

/** Clients other than the JavaScript one look for the lock of a deferred message here. */
function deliveryAnnotations({ state }: Message): Buffer {
  if (state.kind !== "locked" || state.from.kind !== "deferred") {
    return Buffer.alloc(0);
  }
  const lockToken = types.wrap_uuid(toUuidBytes(state.lockToken));
  const annotations = types.wrap_symbolic_map({ "x-opt-lock-token": lockToken });
  return encodeSection(SECTION.deliveryAnnotations, annotations);
}

function messageAnnotations(message: Message): Buffer {
  const { content, state, deadLetterSource } = message;
  const [own] =
    content.annotations.length === 0 ? [] : splitSections(asBuffer(content.annotations));
  const resting = state.kind === "locked" ? state.from : state;
  const annotations: Record<string, Typed> = {
    "x-opt-sequence-number": types.wrap_long(message.sequenceNumber),
    "x-opt-enqueue-sequence-number": types.wrap_long(message.enqueuedSequenceNumber),
    "x-opt-enqueued-time": types.wrap_timestamp(message.enqueuedAt),
    "x-opt-message-state": types.wrap_int(MESSAGE_STATE[resting.kind]),
  };
  if (state.kind === "locked") {
    annotations["x-opt-locked-until"] = types.wrap_timestamp(state.lockedUntil);
  }
  if (deadLetterSource !== undefined) {
    annotations["x-opt-deadletter-source"] = types.wrap_string(deadLetterSource);
  }
  const items = Object.entries(annotations).map(
    ([key, value]) => [key, encode(types.wrap_symbol(key)), encode(value)] as const,
  );
  return section(SECTION.messageAnnotations, mergeMap(own, items));
}

function bareMessage(bare: Buffer, changes: PropertyChanges): Buffer {
  const entries = Object.entries(changes);
  if (entries.length === 0) {
    return bare;
  }
  const sections = splitSections(bare);
  const properties = sections.find(({ code }) => code === SECTION.applicationProperties);
  const items = entries.map(
    ([key, value]) => [key, encode(types.wrap_string(key)), encode(wrapProperty(value))] as const,
  );
  return Buffer.concat([
    ...sections.filter(({ code }) => code < SECTION.applicationProperties).map(bytesOf),
    section(SECTION.applicationProperties, mergeMap(properties, items)),
    ...sections.filter(({ code }) => code > SECTION.applicationProperties).map(bytesOf),
  ]);
}

/** A map with the entries of a section, as they are encoded, but for those given anew. */
function mergeMap(
  own: Section | undefined,
  items: readonly (readonly [key: string, encodedKey: Buffer, encodedValue: Buffer])[],
): Buffer {
  const newKeys = new Set(items.map(([key]) => key));
  const ownItems = own === undefined ? [] : splitMap(own.value);
  const kept = ownItems.filter((_, index) => {
    const key = ownItems[index - (index % 2)];
    return key !== undefined && !newKeys.has(String(decode(key).value));
  });
  return joinMap([...kept, ...items.flatMap(([, key, value]) => [key, value])]);
}

function wrapProperty(value: PropertyValue): Typed {
  return types.wrap(value);
}

function bytesOf({ bytes }: Section): Buffer {
  return bytes;
}
