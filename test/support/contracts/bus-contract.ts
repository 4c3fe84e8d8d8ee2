import { expect, it } from "vitest";
import type { Bus } from "../../../shared/pipeline/ports.ts";
import { newRequestId, outgoing, sampleEvent, sampleMessage } from "./samples.ts";

/** What a receiver sees of a message. */
export type Received = { readonly id: string; readonly body: unknown };

/** A bus, and the other end of it. */
export type BusUnderTest = {
  readonly bus: Bus;
  /** The messages of the request that can be received from the queue now, each settled when it is seen. */
  readonly received: (queue: string, requestId: string) => Promise<readonly Received[]>;
  /** The events of the request that a subscriber has got so far. */
  readonly events: (requestId: string) => Promise<readonly Received[]>;
  /** An instant so many milliseconds from now. */
  readonly later: (ms: number) => string;
  /** Returns when the instant has come. */
  readonly passes: (instant: string) => Promise<void>;
};

/** States what every bus promises. */
export function busContract(make: () => BusUnderTest): void {
  it("brings a message to the queue of its step, with its id", async () => {
    const { bus, received } = make();
    const requestId = newRequestId();
    const message = sampleMessage(requestId, { step: "seal", slice: "", attempt: 3 });

    await bus.send([outgoing(message)]);

    expect(await received("seals", requestId)).toEqual([
      { id: `${requestId}-seal--3`, body: message },
    ]);
  });

  it("brings every step of a mixed sending to its own queue", async () => {
    const { bus, received } = make();
    const requestId = newRequestId();
    const steps = ["plan", "start", "export", "seal", "delete", "verify"] as const;

    await bus.send(steps.map((step) => outgoing(sampleMessage(requestId, { step }))));

    const queues = ["plans", "exports", "seals", "deletes"];
    const counts = await Promise.all(
      queues.map(async (queue) => (await received(queue, requestId)).length),
    );
    expect(counts).toEqual([2, 1, 1, 2]);
  });

  it("brings 2,500 messages in order, which are more than one batch", async () => {
    const { bus, received } = make();
    const requestId = newRequestId();
    const attempts = Array.from({ length: 2500 }, (_unused, index) => index + 1);

    await bus.send(attempts.map((attempt) => outgoing(sampleMessage(requestId, { attempt }))));

    const ids = (await received("exports", requestId)).map(({ id }) => id);
    expect(ids).toEqual(attempts.map((attempt) => `${requestId}-export-001-00-000001-${attempt}`));
  });

  it("drops a message whose id was sent before, and takes the next attempt", async () => {
    const { bus, received } = make();
    const requestId = newRequestId();
    const message = sampleMessage(requestId);

    await bus.send([outgoing(message), outgoing(message)]);
    await bus.send([outgoing(message), outgoing({ ...message, attempt: 2 })]);

    const ids = (await received("exports", requestId)).map(({ id }) => id);
    expect(ids).toEqual([
      `${requestId}-export-001-00-000001-1`,
      `${requestId}-export-001-00-000001-2`,
    ]);
  });

  it("holds a message back until its time", async () => {
    const { bus, received, later, passes } = make();
    const requestId = newRequestId();
    const notBefore = later(1_500);

    await bus.send([outgoing(sampleMessage(requestId), notBefore)]);

    expect(await received("exports", requestId)).toEqual([]);
    await passes(notBefore);
    await expect.poll(async () => (await received("exports", requestId)).length).toBe(1);
  });

  it("brings a message at once whose time is over", async () => {
    const { bus, received, later } = make();
    const requestId = newRequestId();

    await bus.send([outgoing(sampleMessage(requestId), later(-60_000))]);

    expect(await received("exports", requestId)).toHaveLength(1);
  });

  it("publishes events to the topic, each id once", async () => {
    const { bus, events } = make();
    const requestId = newRequestId();

    await bus.publish([sampleEvent(requestId, 1), sampleEvent(requestId, 2)]);
    await bus.publish([sampleEvent(requestId, 2)]);

    expect(await events(requestId)).toEqual([
      { id: `${requestId}-1`, body: sampleEvent(requestId, 1) },
      { id: `${requestId}-2`, body: sampleEvent(requestId, 2) },
    ]);
  });

  it("has nothing to do for an empty sending", async () => {
    const { bus } = make();

    await bus.send([]);
    await expect(bus.publish([])).resolves.toBeUndefined();
  });
}
