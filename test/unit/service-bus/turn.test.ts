import { setImmediate as endOfTurn } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { createMemoryStore } from "../../../local/service-bus/store/memory-store.ts";
import { Turn } from "../../../local/service-bus/turn.ts";
import { ManualClock } from "./manual-clock.ts";
import { draft, held, lock, openQueue, SECOND } from "./queue-fixture.ts";

function recordedTurn() {
  const events: string[] = [];
  const store = { ...createMemoryStore(), commit: () => void events.push("commit") };
  const clock = new ManualClock();
  const turn = new Turn(store, clock, (queue) => void events.push(`serve ${queue.name}`));
  return { events, turn, clock };
}

describe("a turn", () => {
  it("commits before it acknowledges, and acknowledges before it delivers", async () => {
    const { events, turn } = recordedTurn();

    turn.serve(openQueue().queue);
    turn.afterCommit(() => void events.push("acknowledge a"));
    turn.afterCommit(() => void events.push("acknowledge b"));
    await endOfTurn();

    expect(events.slice(0, 4)).toEqual([
      "commit",
      "acknowledge a",
      "acknowledge b",
      "serve orders",
    ]);
  });

  it("commits what serving wrote before the callbacks that wait for it", async () => {
    const events: string[] = [];
    const store = { ...createMemoryStore(), commit: () => void events.push("commit") };
    const turn: Turn = new Turn(store, new ManualClock(), () => {
      events.push("take");
      turn.afterCommit(() => void events.push("send"));
    });

    turn.serve(openQueue().queue);
    await endOfTurn();

    expect(events.slice(0, 4)).toEqual(["commit", "take", "commit", "send"]);
  });

  it("acknowledges nothing when the commit fails", () => {
    const acknowledge = vi.fn<() => void>();
    const store = {
      ...createMemoryStore(),
      commit() {
        throw new Error("disk full");
      },
    };
    const turn = new Turn(store, new ManualClock(), () => undefined);
    turn.afterCommit(acknowledge);

    expect(() => turn.stop()).toThrow("disk full");
    expect(acknowledge).not.toHaveBeenCalled();
  });

  it("wakes a queue when its time comes", async () => {
    const { turn, clock } = recordedTurn();
    const { queue, deadLetters } = openQueue({ maxDeliveryCount: 1 }, clock);
    queue.send([draft("a")]);
    lock(queue);
    turn.watch(queue);
    await endOfTurn();

    clock.advance(10 * SECOND);

    expect(held(deadLetters)).toEqual(["a"]);
  });
});
