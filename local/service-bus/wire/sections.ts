import { BrokerError } from "../model/broker-error.ts";

/** The codes of the sections of a message (AMQP 1.0, part 3, section 3.2). */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

/** One section of a message. The views are made when asked for: most sections are never looked at. */
export class Section {
  readonly code: number;
  readonly start: number;
  readonly end: number;
  readonly #message: Buffer;
  readonly #valueStart: number;

  constructor(message: Buffer, code: number, start: number, valueStart: number, end: number) {
    this.#message = message;
    this.code = code;
    this.start = start;
    this.#valueStart = valueStart;
    this.end = end;
  }

  /** Its encoding as a whole. */
  get bytes(): Buffer {
    return this.#message.subarray(this.start, this.end);
  }

  /** Its value without the descriptor. */
  get value(): Buffer {
    return this.#message.subarray(this.#valueStart, this.end);
  }

  /** The bytes of its value; throws `message-malformed` when that is not binary. */
  get binary(): Buffer {
    const headBytes = BINARY_HEAD_BYTES[this.#message[this.#valueStart] ?? 0];
    if (headBytes === undefined) {
      throw malformed("expected binary data");
    }
    return this.#message.subarray(this.#valueStart + headBytes, this.end);
  }
}

/** The bytes of type and length in front of binary values, by type. */
const BINARY_HEAD_BYTES: Readonly<Record<number, number>> = { 0xa0: 2, 0xb0: 5 };

const SMALL_ULONG = 0x53;
const ULONG = 0x80;

/**
 * Splits an encoded message into its sections without decoding their values. Throws
 * `message-malformed` when the bytes are not known sections in their order.
 */
export function splitSections(message: Buffer): Section[] {
  const sections: Section[] = [];
  for (let start = 0; start < message.length; ) {
    const { code, valueStart } = descriptor(message, start);
    checkOrder(sections.at(-1)?.code, code);
    const end = valueEnd(message, valueStart);
    sections.push(new Section(message, code, start, valueStart, end));
    start = end;
  }
  return sections;
}

/** The encoded keys and values of a map, one after the other, from the map's encoding. */
export function splitMap(map: Buffer): Buffer[] {
  const isWide = map[0] === 0xd1;
  if (!isWide && map[0] !== 0xc1) {
    throw malformed("expected a map");
  }
  const items: Buffer[] = [];
  for (let start = isWide ? 9 : 3; start < map.length; ) {
    const end = valueEnd(map, start);
    items.push(map.subarray(start, end));
    start = end;
  }
  return items;
}

/** Joins encoded keys and values to the encoding of a map. */
export function joinMap(items: readonly Buffer[]): Buffer {
  const content = Buffer.concat(items);
  const head = Buffer.alloc(9);
  head.writeUInt8(0xd1, 0);
  head.writeUInt32BE(content.length + 4, 1);
  head.writeUInt32BE(items.length, 5);
  return Buffer.concat([head, content]);
}

/** Puts the descriptor of a section in front of its value. */
export function section(code: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x00, SMALL_ULONG, code]), value]);
}

function descriptor(message: Buffer, start: number): { code: number; valueStart: number } {
  if (message[start] === 0x00 && message[start + 1] === SMALL_ULONG) {
    return { code: known(message[start + 2]), valueStart: start + 3 };
  }
  if (message[start] === 0x00 && message[start + 1] === ULONG && start + 10 <= message.length) {
    return { code: known(Number(message.readBigUInt64BE(start + 2))), valueStart: start + 10 };
  }
  throw malformed("expected a section");
}

/** Sections come in the order of their codes, and only two kinds of body may come more than once. */
function checkOrder(before: number | undefined, code: number): void {
  const mayRepeat = code === SECTION.data || code === SECTION.sequence;
  if (before !== undefined && (before > code || (before === code && !mayRepeat))) {
    throw malformed("sections are out of order");
  }
}

function known(code: number | undefined): number {
  if (code === undefined || code < SECTION.header || code > SECTION.footer) {
    throw malformed("unknown section");
  }
  return code;
}

/**
 * Where the value that begins at `start` ends. The high half of a type code tells the width: 4 to 9
 * are fixed, A, C and E have one byte of size, B, D and F four (AMQP 1.0, part 1, section 1.2).
 */
function valueEnd(buffer: Buffer, start: number): number {
  const typeCode = buffer[start];
  if (typeCode === 0x00) {
    return valueEnd(buffer, valueEnd(buffer, start + 1));
  }
  const end = start + 1 + valueWidth(buffer, start + 1, (typeCode ?? 0) >> 4);
  if (end > buffer.length) {
    throw malformed("a value is cut short");
  }
  return end;
}

function valueWidth(buffer: Buffer, start: number, category: number): number {
  if (category >= 0x4 && category <= 0x9) {
    return category === 0x4 ? 0 : 2 ** (category - 0x5);
  }
  if (category < 0xa) {
    throw malformed("unknown type");
  }
  const isWide = category % 2 === 1;
  if (start + (isWide ? 4 : 1) > buffer.length) {
    throw malformed("a value is cut short");
  }
  return isWide ? 4 + buffer.readUInt32BE(start) : 1 + buffer.readUInt8(start);
}

function malformed(problem: string): BrokerError {
  return new BrokerError("message-malformed", `The message is not valid AMQP: ${problem}.`);
}
