import { describe, expect, it } from "vitest";
import { busContract } from "../../support/contracts/bus-contract.ts";
import { newRequestId, outgoing, sampleMessage } from "../../support/contracts/samples.ts";
import { memoryBus } from "../../support/memory/bus.ts";
import { memoryClock } from "../../support/memory/clock.ts";

describe("bus in memory", () => {
  busContract(() => {
    const clock = memoryClock();
    const bus = memoryBus(clock);
    const taken: { queue: string; id: string; body: unknown }[] = [];
    return {
      bus,
      received: async (wanted) => {
        await bus.drain(async (body, { id, queue }) => void taken.push({ id, queue, body }));
        const found = taken.filter(({ queue }) => queue === wanted);
        return found.map(({ id, body }) => ({ id, body }));
      },
      events: async () => bus.events.map((event) => ({ id: event.id, body: event })),
      later: (ms) => new Date(Date.parse(clock.now()) + ms).toISOString(),
      passes: async (instant) => clock.set(instant),
    };
  });
});

describe("draining the bus", () => {
  it("hands over what is sent meanwhile, until nothing is due", async () => {
    const bus = memoryBus(memoryClock());
    const message = sampleMessage(newRequestId());
    await bus.send([outgoing(message)]);

    const calls = await bus.drain(async ({ attempt }) => {
      if (attempt < 3) await bus.send([outgoing({ ...message, attempt: attempt + 1 })]);
    });

    expect(calls).toBe(3);
  });

  it("delivers again what a handler threw at, ten times at most", async () => {
    const bus = memoryBus(memoryClock());
    await bus.send([outgoing(sampleMessage(newRequestId()))]);

    const calls = await bus.drain(async () => {
      throw new Error("no");
    });

    expect([calls, bus.deadLetters.length]).toEqual([10, 1]);
  });

  it("leaves what is not due and tells when it will be", async () => {
    const clock = memoryClock("2026-01-15T08:00:00.000Z");
    const bus = memoryBus(clock);
    await bus.send([outgoing(sampleMessage(newRequestId()), "2026-01-15T08:01:00.000Z")]);

    const calls = await bus.drain(async () => {});

    expect([calls, bus.nextAt()]).toEqual([0, "2026-01-15T08:01:00.000Z"]);
    expect(bus.deliverable("2026-01-15T08:01:00.000Z")).toHaveLength(1);
  });
});
