/**
 * A GUID as .NET lays it out: the first three groups are little-endian. Delivery tags carry lock
 * tokens so; everywhere else AMQP writes a uuid in the order of its text.
 */
export function toGuidBytes(uuid: string): Buffer {
  return swapGroups(toUuidBytes(uuid));
}

/** The 16 bytes of a uuid in the order of its text (AMQP 1.0, part 1, section 1.6.18). */
export function toUuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}

/** The text of a uuid from its 16 bytes. */
export function fromUuidBytes(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function swapGroups(bytes: Buffer): Buffer {
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
