import { describe, expect, it } from "vitest";
import { draft, held, lock, openQueue, SECOND } from "./queue-fixture.ts";

describe("order", () => {
  it("numbers messages from 1 and delivers them in the order sent", () => {
    const { queue } = openQueue();

    const numbers = queue.send([draft("a"), draft("b"), draft("c")]);

    expect(numbers).toEqual([1, 2, 3]);
    expect([lock(queue), lock(queue), lock(queue)].map((each) => each.messageId)).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(queue.lockNext()).toBeUndefined();
  });

  it("puts an abandoned message back at its old place", () => {
    const { queue } = openQueue();
    queue.send([draft("a"), draft("b")]);

    queue.abandon(lock(queue).lockToken);

    expect(lock(queue)).toMatchObject({ messageId: "a", deliveryCount: 1 });
  });
});

describe("locks", () => {
  it("refuses to settle a message whose lock expired", () => {
    const { queue, clock } = openQueue();
    queue.send([draft("a")]);
    const { lockToken } = lock(queue);

    clock.advance(10 * SECOND);

    expect(() => queue.complete(lockToken)).toThrow(
      expect.objectContaining({ code: "message-lock-lost" }),
    );
    expect(lock(queue)).toMatchObject({ messageId: "a", deliveryCount: 1 });
  });

  it("keeps a message locked for as long as the lock is renewed", () => {
    const { queue, clock } = openQueue();
    queue.send([draft("a")]);
    const { lockToken } = lock(queue);

    clock.advance(9 * SECOND);
    const lockedUntil = queue.renewLock(lockToken);
    clock.advance(9 * SECOND);
    queue.complete(lockToken);

    expect(lockedUntil).toBe(clock.now() + SECOND);
    expect(held(queue)).toEqual([]);
  });

  it("settles a message once only", () => {
    const { queue } = openQueue();
    queue.send([draft("a")]);
    const { lockToken } = lock(queue);

    queue.complete(lockToken);

    expect(() => queue.abandon(lockToken)).toThrow(
      expect.objectContaining({ code: "message-lock-lost" }),
    );
  });

  it("gives a released message back without counting the delivery", () => {
    const { queue } = openQueue();
    queue.send([draft("a")]);

    queue.release(lock(queue).lockToken);

    expect(lock(queue).deliveryCount).toBe(0);
  });

  it("names the moment at which the lock ends as due", () => {
    const { queue, clock } = openQueue();
    queue.send([draft("a")]);
    expect(queue.nextDueAt).toBeUndefined();

    lock(queue);

    expect(queue.nextDueAt).toBe(clock.now() + 10 * SECOND);
  });
});

describe("the dead-letter queue", () => {
  it("takes a message after the last failed delivery", () => {
    const { queue, deadLetters, clock } = openQueue({ maxDeliveryCount: 2 });
    queue.send([draft("a")]);
    queue.abandon(lock(queue).lockToken);
    lock(queue);

    clock.advance(10 * SECOND);
    queue.advance();

    expect(held(queue)).toEqual([]);
    expect(lock(deadLetters)).toMatchObject({
      messageId: "a",
      deadLetterSource: "orders",
      changes: {
        DeadLetterReason: "MaxDeliveryCountExceeded",
        DeadLetterErrorDescription: "Message could not be consumed after 2 delivery attempts.",
      },
    });
  });

  it("takes a message with the receiver's reason and properties", () => {
    const { queue, deadLetters } = openQueue();
    queue.send([draft("a", { changes: { kept: 1 } })]);

    const reason = { reason: "bad", description: "no such order", changes: { hint: true } };
    queue.deadLetter(lock(queue).lockToken, reason);

    expect(lock(deadLetters).changes).toEqual({
      kept: 1,
      hint: true,
      DeadLetterReason: "bad",
      DeadLetterErrorDescription: "no such order",
    });
  });

  it("has no dead-letter queue of its own, and the lock stays", () => {
    const { queue, deadLetters } = openQueue();
    queue.send([draft("a")]);
    queue.deadLetter(lock(queue).lockToken, {});
    const { lockToken } = lock(deadLetters);

    expect(() => deadLetters.deadLetter(lockToken, {})).toThrow(
      expect.objectContaining({ code: "not-allowed" }),
    );
    deadLetters.complete(lockToken);
    expect(held(deadLetters)).toEqual([]);
  });
});

describe("deferral", () => {
  it("delivers a deferred message by its number only", () => {
    const { queue } = openQueue();
    queue.send([draft("a")]);
    queue.defer(lock(queue).lockToken, { why: "later" });
    expect(queue.lockNext()).toBeUndefined();

    const [message] = queue.lockDeferred([1, 1]);

    expect(message).toMatchObject({ messageId: "a", changes: { why: "later" } });
  });

  it("leaves an abandoned deferred message deferred", () => {
    const { queue } = openQueue();
    queue.send([draft("a")]);
    queue.defer(lock(queue).lockToken);
    const [message] = queue.lockDeferred([1]);

    queue.abandon(message?.state.lockToken ?? "");

    expect(queue.lockNext()).toBeUndefined();
    expect(queue.takeDeferred([1])).toMatchObject([{ messageId: "a", deliveryCount: 1 }]);
  });

  it("locks none of them when one of the numbers is not deferred", () => {
    const { queue } = openQueue();
    queue.send([draft("a"), draft("b")]);
    queue.defer(lock(queue).lockToken);

    expect(() => queue.lockDeferred([1, 2])).toThrow(
      expect.objectContaining({ code: "message-not-found" }),
    );
    expect(queue.lockDeferred([1])).toHaveLength(1);
  });
});

describe("peek", () => {
  it("shows messages in every state from a number on, and locks none", () => {
    const { queue, clock } = openQueue();
    queue.send([draft("a"), draft("b"), draft("c", { scheduledAt: clock.now() + SECOND })]);
    queue.defer(lock(queue).lockToken);
    lock(queue);

    const all = queue.peek(1, 10);
    const second = queue.peek(2, 1);

    expect(all.map(({ state }) => state.kind)).toEqual(["deferred", "locked", "scheduled"]);
    expect(second.map(({ messageId }) => messageId)).toEqual(["b"]);
  });
});

describe("a restart", () => {
  it("keeps messages, counts, numbers and recent ids, and ends every lock", () => {
    const before = openQueue({ duplicateWindowMs: 3600 * SECOND });
    const scheduledAt = before.clock.now() + 60 * SECOND;
    before.queue.send([draft("a"), draft("b"), draft("c"), draft("d", { scheduledAt })]);
    before.queue.abandon(lock(before.queue).lockToken, { tried: "once" });
    const { lockToken } = lock(before.queue);
    before.queue.defer(lock(before.queue).lockToken);
    before.queue.deadLetter(lock(before.queue).lockToken, { reason: "bad" });

    const { queue, deadLetters } = openQueue(
      { duplicateWindowMs: 3600 * SECOND },
      before.clock,
      before.store,
    );
    queue.send([draft("a"), draft("e")]);

    expect(() => queue.complete(lockToken)).toThrow(
      expect.objectContaining({ code: "message-lock-lost" }),
    );
    expect(
      queue.peek(0, 10).map((each) => [each.sequenceNumber, each.messageId, each.state.kind]),
    ).toEqual([
      [1, "a", "active"],
      [2, "b", "deferred"],
      [4, "d", "scheduled"],
      [6, "e", "active"],
    ]);
    expect(lock(queue)).toMatchObject({ deliveryCount: 1, changes: { tried: "once" } });
    expect(held(deadLetters)).toEqual(["c"]);
  });
});
