import { describe, expect, it } from "vitest";
import { draft, held, lock, openQueue, SECOND } from "./queue-fixture.ts";

describe("time to live", () => {
  it("drops a message at the end of the shorter of its own and the queue's", () => {
    const { queue, deadLetters, clock } = openQueue({ defaultTimeToLiveMs: 60 * SECOND });
    queue.send([draft("own", { timeToLiveMs: 5 * SECOND }), draft("queue's")]);

    clock.advance(5 * SECOND);
    const heldAfterOwn = held(queue);
    clock.advance(55 * SECOND);

    expect(heldAfterOwn).toEqual(["queue's"]);
    expect(held(queue)).toEqual([]);
    expect(held(deadLetters)).toEqual([]);
  });

  it("gives the message up to the dead-letter queue when the queue says so, and there for ever", () => {
    const { queue, deadLetters, clock } = openQueue({ deadLettersOnExpiration: true });
    queue.send([draft("a", { timeToLiveMs: SECOND })]);

    clock.advance(SECOND);
    queue.advance();
    clock.advance(365 * 24 * 3600 * SECOND);

    expect(lock(deadLetters).changes["DeadLetterReason"]).toBe("TTLExpiredException");
  });

  it("leaves a locked message to its receiver and drops it when it comes back", () => {
    const { queue, clock } = openQueue();
    queue.send([draft("done", { timeToLiveMs: SECOND }), draft("back", { timeToLiveMs: SECOND })]);
    const done = lock(queue);
    const back = lock(queue);

    clock.advance(2 * SECOND);
    queue.complete(done.lockToken);
    queue.abandon(back.lockToken);

    expect(queue.lockNext()).toBeUndefined();
    expect(held(queue)).toEqual([]);
  });
});

describe("many messages", () => {
  it("still expires the one that is left after a thousand were completed", () => {
    const { queue, clock } = openQueue();
    queue.send([draft("left", { timeToLiveMs: 60 * SECOND })]);
    queue.defer(lock(queue).lockToken);
    for (let index = 0; index < 1000; index += 1) {
      queue.send([draft(`message ${index}`, { timeToLiveMs: 30 * SECOND })]);
      queue.complete(lock(queue).lockToken);
    }

    clock.advance(59 * SECOND);
    const heldBefore = held(queue);
    clock.advance(SECOND);

    expect(heldBefore).toEqual(["left"]);
    expect(held(queue)).toEqual([]);
  });
});

describe("the schedule", () => {
  it("delivers a message at its time, under a new number, and counts its life from then", () => {
    const { queue, clock } = openQueue();
    const scheduledAt = clock.now() + 30 * SECOND;
    queue.send([draft("later", { scheduledAt, timeToLiveMs: 5 * SECOND }), draft("now")]);

    clock.advance(29 * SECOND);
    expect(lock(queue).messageId).toBe("now");
    expect(queue.lockNext()).toBeUndefined();
    clock.advance(SECOND);

    expect(lock(queue)).toMatchObject({
      messageId: "later",
      sequenceNumber: 3,
      enqueuedSequenceNumber: 1,
      enqueuedAt: scheduledAt,
      expiresAt: scheduledAt + 5 * SECOND,
    });
  });

  it("delivers at once what is scheduled for the past", () => {
    const { queue, clock } = openQueue();

    queue.send([draft("a", { scheduledAt: clock.now() })]);

    expect(lock(queue).messageId).toBe("a");
  });

  it("cancels what has not been delivered, and nothing else", () => {
    const { queue, clock } = openQueue();
    const scheduledAt = clock.now() + SECOND;
    queue.send([draft("a", { scheduledAt }), draft("b", { scheduledAt })]);

    queue.cancelScheduled([1]);
    clock.advance(SECOND);

    expect(held(queue)).toEqual(["b"]);
    expect(() => queue.cancelScheduled([2])).toThrow(
      expect.objectContaining({ code: "message-not-found" }),
    );
  });
});

describe("duplicate detection", () => {
  it("drops an id seen within the window, in the same batch too, and numbers it", () => {
    const { queue, clock } = openQueue({ duplicateWindowMs: 60 * SECOND });

    const numbers = queue.send([draft("a"), draft("a"), draft("b")]);
    clock.advance(59 * SECOND);
    queue.send([draft("a")]);

    expect(numbers).toEqual([1, 2, 3]);
    expect(held(queue)).toEqual(["a", "b"]);
  });

  it("remembers an id after its message is completed, and forgets it with the window", () => {
    const { queue, clock } = openQueue({ duplicateWindowMs: 60 * SECOND });
    queue.send([draft("a")]);
    queue.complete(lock(queue).lockToken);

    queue.send([draft("a")]);
    const heldWithinWindow = held(queue);
    clock.advance(60 * SECOND);
    queue.send([draft("a")]);

    expect(heldWithinWindow).toEqual([]);
    expect(held(queue)).toEqual(["a"]);
  });
});
