import * as fc from "fast-check";
import rhea from "rhea";
import { describe, expect, it } from "vitest";
import { BrokerError } from "../../../local/service-bus/model/broker-error.ts";
import { type Draft, newMessage } from "../../../local/service-bus/model/message.ts";
import { filterView } from "../../../local/service-bus/wire/filter-view.ts";
import { fromUuidBytes, toGuidBytes, toUuidBytes } from "../../../local/service-bus/wire/guid.ts";
import {
  BATCH_FORMAT,
  readMessage,
  readTransfer,
} from "../../../local/service-bus/wire/incoming-message.ts";
import { encodeMessage } from "../../../local/service-bus/wire/outgoing-message.ts";

const { message: codec, types } = rhea;

/** A property of every type that a decoder which forgets types would change. */
const TYPED = {
  long: types.wrap_long(3),
  int: types.wrap_int(3),
  ubyte: types.wrap_ubyte(3),
  double: types.wrap_double(3),
  text: "x",
};

function stored(draft: Draft) {
  return newMessage(draft, 7, 1_767_225_600_000, Infinity, { kind: "active" });
}

describe("a message on the wire", () => {
  it("keeps the bytes of properties, application properties and body", () => {
    const bare = codec.encode({
      message_id: "m",
      application_properties: TYPED,
      body: codec.data_section(Buffer.from("body")),
    });

    const draft = readMessage(bare);
    const sent = encodeMessage(stored(draft));

    expect(Buffer.from(draft.content.bare).equals(sectionsFrom(bare, 0x73))).toBe(true);
    expect(sent.includes(Buffer.from(draft.content.bare))).toBe(true);
  });

  it("shows the receiver where the message stands", () => {
    const draft = readMessage(codec.encode({ message_id: "m", ttl: 5000, body: 1 }));
    const message = { ...stored(draft), deliveryCount: 2, deadLetterSource: "orders" };

    const decoded = codec.decode(encodeMessage(message));

    expect(decoded).toMatchObject({ message_id: "m", ttl: 5000, delivery_count: 2, body: 1 });
    expect(decoded["message_annotations"]).toEqual({
      "x-opt-sequence-number": 7,
      "x-opt-enqueue-sequence-number": 7,
      "x-opt-enqueued-time": new Date(1_767_225_600_000),
      "x-opt-message-state": 0,
      "x-opt-deadletter-source": "orders",
    });
  });

  it("keeps the sender's annotations and reads the scheduled time from them", () => {
    const scheduledAt = new Date(1_767_225_660_000);
    const annotations = {
      "x-opt-scheduled-enqueue-time": types.wrap_timestamp(scheduledAt),
      "x-opt-partition-key": "p",
      "x-opt-sequence-number": types.wrap_long(99),
    };

    const draft = readMessage(codec.encode({ message_annotations: annotations, body: 1 }));

    expect(draft.scheduledAt).toBe(scheduledAt.getTime());
    expect(codec.decode(encodeMessage(stored(draft)))["message_annotations"]).toMatchObject({
      "x-opt-scheduled-enqueue-time": scheduledAt,
      "x-opt-partition-key": "p",
      "x-opt-sequence-number": 7,
    });
  });

  it("adds and replaces application properties, and leaves the others as they were encoded", () => {
    const draft = readMessage(codec.encode({ application_properties: TYPED, body: 1 }));
    const longEntry = Buffer.concat([
      Buffer.from([0xa1, 4]),
      Buffer.from("long"),
      Buffer.from([0x55, 3]),
    ]);

    const sent = encodeMessage({ ...stored(draft), changes: { text: "y", added: true } });

    expect(sent.includes(longEntry)).toBe(true);
    expect(codec.decode(sent)["application_properties"]).toMatchObject({
      long: 3,
      text: "y",
      added: true,
    });
  });

  it("gets a message id when it has none, and keeps its other properties", () => {
    const draft = readMessage(codec.encode({ subject: "s", reply_to: "r", body: 1 }));

    expect(draft.messageId).toMatch(/^[0-9a-f]{32}$/);
    expect(codec.decode(encodeMessage(stored(draft)))).toMatchObject({
      message_id: draft.messageId,
      subject: "s",
      reply_to: "r",
    });
  });

  it("tells message ids of different types apart", () => {
    const ids = ["1", types.wrap_ulong(1)].map(
      (message_id) => readMessage(codec.encode({ message_id, body: 1 })).messageId,
    );

    expect(ids).toEqual(["1", "SmallUlong:1"]);
  });

  it("splits a batch into its messages, in order", () => {
    const messages = ["a", "b", "c"].map((id) => codec.encode({ message_id: id, body: id }));
    const envelope = codec.encode({ message_id: "a", body: codec.data_sections(messages) });

    const drafts = readTransfer(envelope, BATCH_FORMAT);

    expect(drafts.map(({ messageId }) => messageId)).toEqual(["a", "b", "c"]);
  });

  it("shows filters the system fields and the application properties", () => {
    const draft = readMessage(
      codec.encode({ subject: "s", application_properties: { region: "eu" }, body: 1 }),
    );

    expect(filterView(draft.content)).toMatchObject({
      system: { subject: "s", correlationId: undefined },
      properties: { region: "eu" },
    });
  });

  it("is refused when it claims an array of more items than it has bytes", () => {
    const array = Buffer.from([0xf0, 0, 0, 0, 5, 0x7f, 0xff, 0xff, 0xff, 0x40]);
    const key = Buffer.from([0xa3, 1, 0x6b]);
    const map = Buffer.concat([Buffer.from([0xc1, key.length + array.length + 1, 2]), key, array]);
    const annotations = Buffer.concat([Buffer.from([0x00, 0x53, 0x72]), map]);

    expect(() => readMessage(annotations)).toThrow(BrokerError);
  });

  it("is refused, or can be delivered, whatever its bytes are", () => {
    const original = codec.encode({
      message_id: "m",
      application_properties: TYPED,
      message_annotations: { "x-opt-partition-key": "p" },
      body: codec.data_section(Buffer.from("body")),
    });
    const change = fc.tuple(fc.nat({ max: original.length - 1 }), fc.nat({ max: 255 }));

    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const payload = Buffer.from(original);
        for (const [index, byte] of changes) {
          payload[index] = byte;
        }

        const error = errorOf(() => {
          const draft = readMessage(payload);
          encodeMessage({ ...stored(draft), changes: { added: 1 } });
          filterView(draft.content);
        });
        expect(error === undefined || error instanceof BrokerError).toBe(true);
      }),
      // A section that became a second one of another kind.
      {
        numRuns: 600,
        examples: [
          [
            [
              [6, 116],
              [91, 0],
            ],
          ],
        ],
      },
    );
  }, 60_000);
});

describe("a lock token", () => {
  it("is laid out as a .NET GUID in a delivery tag, and as text elsewhere", () => {
    const uuid = "00112233-4455-6677-8899-aabbccddeeff";

    expect(toGuidBytes(uuid).toString("hex")).toBe("33221100554477668899aabbccddeeff");
    expect(toUuidBytes(uuid).toString("hex")).toBe("00112233445566778899aabbccddeeff");
    expect(fromUuidBytes(toUuidBytes(uuid))).toBe(uuid);
  });
});

/** The bytes of an encoded message from its first section with a code on. */
function sectionsFrom(message: Buffer, code: number): Buffer {
  return message.subarray(message.indexOf(Buffer.from([0x00, 0x53, code])));
}

function errorOf(action: () => void): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}
