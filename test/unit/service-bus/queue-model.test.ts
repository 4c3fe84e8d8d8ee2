import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draft, openQueue, SECOND } from "./queue-fixture.ts";
import { ReferenceQueue } from "./reference-queue.ts";

const SETTINGS = {
  maxDeliveryCount: 2,
  deadLettersOnExpiration: true,
  defaultTimeToLiveMs: 40 * SECOND,
  duplicateWindowMs: 25 * SECOND,
};

const seconds = fc.integer({ min: 1, max: 30 });

/** What a client, or time, can do; `age` picks one of the locks given out, 0 the latest. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("send"),
      messageId: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"),
      timeToLive: fc.option(seconds, { nil: undefined }),
      delay: fc.option(seconds, { nil: undefined, freq: 2 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("lock") }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("complete", "abandon", "defer", "dead-letter", "renew", "release"),
      age: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("receive deferred", "cancel"),
      sequenceNumber: fc.nat({ max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait"), duration: seconds }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart") }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe("a queue", () => {
  it("does what a plain list of messages would, whatever is done to it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const actual = new QueueUnderTest();
        const expected = new ReferenceQueue({ ...SETTINGS, lockDurationMs: 10 * SECOND });

        for (const each of steps) {
          expect(actual.perform(each)).toEqual(expected.perform(each));
          expect(actual.contents()).toEqual(expected.contents());
        }
      }),
      { numRuns: 1000 },
    );
  }, 60_000);
});

/** The queue behind the interface of the reference: an outcome per step, errors as their code. */
class QueueUnderTest {
  #open = openQueue(SETTINGS);
  readonly #lockTokens: string[] = [];

  perform(each: Step): unknown {
    try {
      return this.#perform(each);
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  contents(): unknown {
    const { queue, deadLetters } = this.#open;
    const main = queue.peek(0, 1000);
    return {
      queue: main.map((each) => [
        each.sequenceNumber,
        each.messageId,
        each.state.kind,
        each.deliveryCount,
      ]),
      deadLetters: deadLetters
        .peek(0, 1000)
        .map((each) => [each.messageId, each.changes["DeadLetterReason"]]),
    };
  }

  #perform(each: Step): unknown {
    const { queue, clock, store } = this.#open;
    switch (each.kind) {
      case "send":
        return queue.send([
          draft(each.messageId, {
            timeToLiveMs: each.timeToLive === undefined ? undefined : each.timeToLive * SECOND,
            scheduledAt: each.delay === undefined ? undefined : clock.now() + each.delay * SECOND,
          }),
        ]);
      case "lock":
        return this.#locked(queue.lockNext());
      case "receive deferred":
        return this.#locked(queue.lockDeferred([each.sequenceNumber])[0]);
      case "cancel":
        return queue.cancelScheduled([each.sequenceNumber]);
      case "wait":
        return clock.advance(each.duration * SECOND);
      case "restart":
        this.#open = openQueue(SETTINGS, clock, store);
        return undefined;
      case "complete":
      case "abandon":
      case "defer":
      case "dead-letter":
      case "renew":
      case "release":
        return this.#settle(each.kind, this.#lockTokens.at(-1 - each.age) ?? "none");
    }
  }

  #locked(message: { messageId: string; state: { lockToken: string } } | undefined): unknown {
    if (message !== undefined) {
      this.#lockTokens.push(message.state.lockToken);
    }
    return message?.messageId;
  }

  #settle(
    kind: "complete" | "abandon" | "defer" | "dead-letter" | "renew" | "release",
    lockToken: string,
  ): unknown {
    const { queue } = this.#open;
    switch (kind) {
      case "complete":
        return queue.complete(lockToken);
      case "abandon":
        return queue.abandon(lockToken);
      case "defer":
        return queue.defer(lockToken);
      case "dead-letter":
        return queue.deadLetter(lockToken, { reason: "asked" });
      case "release":
        return queue.release(lockToken);
      case "renew":
        queue.renewLock(lockToken);
        return undefined;
    }
  }
}
