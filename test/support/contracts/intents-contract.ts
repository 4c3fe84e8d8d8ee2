import { expect, it } from "vitest";
import type { Intents } from "../../../shared/pipeline/ports.ts";
import { newRequestId, sampleIntent } from "./samples.ts";

/** States what every store of intents promises. `make` gives an empty one. */
export function intentsContract(make: () => Intents): void {
  it("keeps the intent that was there first", async () => {
    const [intents, requestId] = [make(), newRequestId()];
    const first = sampleIntent("001-01-000001-0000");

    const outcomes = [
      await intents.add(requestId, first),
      await intents.add(requestId, sampleIntent(first.key, { intendedAt: "later" })),
    ];

    expect(outcomes).toEqual(["created", "exists"]);
    expect((await intents.load(requestId, first.key))?.value).toEqual(first);
  });

  it("takes one of two changes that were made to the same version", async () => {
    const [intents, requestId] = [make(), newRequestId()];
    const intent = sampleIntent("001-01-000001-0000");
    await intents.add(requestId, intent);
    const { version = "" } = (await intents.load(requestId, intent.key)) ?? {};

    const next = await intents.save(requestId, { ...intent, state: "running" }, version);
    const late = intents.save(requestId, { ...intent, state: "withdrawn" }, version);

    await expect(late).rejects.toMatchObject({ code: "store-conflict" });
    expect(await intents.load(requestId, intent.key)).toEqual({
      value: { ...intent, state: "running" },
      version: next,
    });
  });

  it("has none that was not stored, and stores no change to one", async () => {
    const [intents, requestId] = [make(), newRequestId()];
    const intent = sampleIntent("001-01-000001-0000");

    const change = intents.save(requestId, intent, 'W/"1"');

    await expect(change).rejects.toMatchObject({ code: "store-conflict" });
    expect(await intents.load(requestId, intent.key)).toBeNull();
  });

  it("lists those of one slice of one request, in order", async () => {
    const [intents, requestId] = [make(), newRequestId()];
    const keys = ["001-01-000002-0000", "001-01-000001-0001", "001-01-000001-0000"];
    for (const key of keys) await intents.add(requestId, sampleIntent(key));
    await intents.add(newRequestId(), sampleIntent("001-01-000001-0002"));

    const listed = await Array.fromAsync(intents.list(requestId, "001-01-000001-"));

    expect(listed.map(({ key }) => key)).toEqual(["001-01-000001-0000", "001-01-000001-0001"]);
  });
}
