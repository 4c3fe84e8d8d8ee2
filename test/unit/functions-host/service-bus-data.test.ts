import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { describe, expect, it } from "vitest";
import { BindingData } from "../../../local/functions-host/binding-data.ts";
import { batchMetadata, bodyData } from "../../../local/functions-host/service-bus/metadata.ts";
import { outputMessages } from "../../../local/functions-host/service-bus/outputs.ts";

describe("BindingData", () => {
  it("keeps a name as it was first written, whoever sets the value later", () => {
    const data = new BindingData();
    data.set("ID", { string: "from the query" });

    data.set("id", { string: "from the route" });

    expect(data.toObject()).toEqual({ ID: { string: "from the route" } });
  });
});

describe("bodyData", () => {
  const bodies = [Buffer.from("ä"), { a: 1 }, ""];

  it.each([
    [{ isBatch: false, isBinary: false }, { string: "ä" }],
    [{ isBatch: false, isBinary: true }, { bytes: Buffer.from("ä") }],
    [{ isBatch: true, isBinary: false }, { collectionString: { string: ["ä", '{"a":1}'] } }],
    [
      { isBatch: true, isBinary: true },
      {
        collectionBytes: { bytes: [Buffer.from("ä"), Buffer.from('{"a":1}'), Buffer.from("")] },
      },
    ],
  ])("gives bodies as the function asked for them: %o", (fn, expected) => {
    expect(bodyData(fn, bodies)).toEqual(expected);
  });
});

describe("batchMetadata", () => {
  it("has an array for each name; empty and absent texts drop out", () => {
    const messages = [
      { body: "1", messageId: "m1", deliveryCount: 0, correlationId: "c1" },
      { body: "2", messageId: "m2", deliveryCount: 1 },
    ] as ServiceBusReceivedMessage[];

    const metadata = batchMetadata(messages);

    expect(metadata).toMatchObject({
      MessageIdArray: { collectionString: { string: ["m1", "m2"] } },
      DeliveryCountArray: { collectionSint64: { sint64: [1, 2] } },
      CorrelationIdArray: { collectionString: { string: ["c1"] } },
      ApplicationPropertiesArray: { json: "[{},{}]" },
    });
  });
});

describe("outputMessages", () => {
  const texts = (value: unknown) => outputMessages(value).map(({ body }) => String(body));

  it.each([
    [undefined, []],
    [null, []],
    ["plain", ["plain"]],
    [7, ["7"]],
    [{ a: { b: 1 } }, ['{\n  "a": {\n    "b": 1\n  }\n}']],
    [
      ["x", { a: 1 }],
      ["x", '{\n  "a": 1\n}'],
    ],
    ['["x", 2]', ["x", "2"]],
    ["[broken", ["[broken"]],
  ])("makes messages of %j", (value, expected) => {
    expect(texts(value)).toEqual(expected);
  });

  it("gives every message plain text and an id of its own", () => {
    const messages = outputMessages(["a", "a"]);

    expect(messages.map(({ contentType }) => contentType)).toEqual(["text/plain", "text/plain"]);
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(2);
  });

  it("refuses bytes, which Azure would spoil", () => {
    expect(() => outputMessages(Buffer.from("x"))).toThrow("takes text or JSON");
  });
});
