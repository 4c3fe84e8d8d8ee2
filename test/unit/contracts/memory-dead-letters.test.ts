import { describe } from "vitest";
import { deadLettersContract } from "../../support/contracts/dead-letters-contract.ts";
import { outgoing } from "../../support/contracts/samples.ts";
import { memoryBus } from "../../support/memory/bus.ts";
import { memoryClock } from "../../support/memory/clock.ts";
import { LOCK_MS, memoryDeadLetters } from "../../support/memory/dead-letters.ts";

describe("dead letters in memory", () => {
  deadLettersContract(() => {
    const clock = memoryClock();
    const bus = memoryBus(clock);
    return {
      deadLetters: memoryDeadLetters(bus, clock),
      giveUpOn: async (message) => {
        await bus.send([outgoing(message)]);
        await bus.drain(async () => Promise.reject(new Error("no")));
      },
      locksEnd: async () => clock.advance(LOCK_MS),
    };
  });
});
