import rhea, { type Typed } from "rhea";

/** What rhea's writer and reader can do; its typings leave them out of `types`. */
type Codec = {
  readonly Writer: new () => { write(value: Typed): void; toBuffer(): Buffer };
  readonly Reader: new (
    buffer: Buffer,
  ) => {
    read(): Typed;
    read_array_items(count: number, type: unknown): unknown[];
    remaining(): number;
  };
};

// The classes are in rhea/lib/types.js; a contract test holds them there.
const { Reader, Writer } = rhea.types as unknown as Codec;

/**
 * Refuses an array that says it has more items than there are bytes: items of some types take none,
 * so that a few bytes could otherwise fill the memory.
 */
class BoundedReader extends Reader {
  override read_array_items(count: number, type: unknown): unknown[] {
    if (count > this.remaining()) {
      throw new RangeError("An AMQP array has more items than bytes.");
    }
    return super.read_array_items(count, type);
  }
}

/** AMQP values with an explicit type, e.g. `types.wrap_long(1)`. */
export const { types } = rhea;

/** Encodes one AMQP value. */
export function encode(value: Typed): Buffer {
  const writer = new Writer();
  writer.write(value);
  return Buffer.from(writer.toBuffer());
}

/** Decodes an AMQP value with its type; throws when it does not take up the whole buffer. */
export function decode(buffer: Buffer): Typed {
  const reader = new BoundedReader(buffer);
  const value = reader.read();
  if (reader.remaining() !== 0) {
    throw new RangeError("The parts of an AMQP value do not fit its size.");
  }
  return value;
}

/** Encodes a section of a message: a value described by a numeric code. */
export function encodeSection(code: number, value: Typed): Buffer {
  return encode(types.described(types.wrap_ulong(code), value));
}

/** A view of bytes as a buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
