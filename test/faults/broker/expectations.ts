/** What a queue must hold, by the acknowledgements its clients got. */

/** A message as it was found in the queue. */
export type Found = { readonly id: string; readonly deliveryCount: number };

/** How many messages are not as they must be. */
export type Violations = {
  /** Acknowledged and not there. */
  readonly lost: number;
  /** There twice, or there although their completion was acknowledged. */
  readonly duplicated: number;
  /** There with another number of failed deliveries than was acknowledged. */
  readonly deliveryCountsWrong: number;
};

type Expected = {
  failedDeliveries: number;
  /** A settlement that was asked for and not answered: it may have happened or not. */
  unanswered: "complete" | "abandon" | undefined;
  isCompleted: boolean;
};

/** Notes each acknowledgement, and compares a queue's content with all of them. */
export class Expectations {
  readonly #byId = new Map<string, Expected>();
  #acknowledgedCount = 0;

  get acknowledgedCount(): number {
    return this.#acknowledgedCount;
  }

  sendAcknowledged(id: string): void {
    this.#acknowledgedCount += 1;
    this.#expect(id);
  }

  /** A message may be received before its send is acknowledged. */
  settling(id: string, how: "complete" | "abandon"): void {
    this.#expect(id).unanswered = how;
  }

  settled(id: string): void {
    const expected = this.#expect(id);
    if (expected.unanswered === "complete") {
      expected.isCompleted = true;
    } else {
      expected.failedDeliveries += 1;
    }
    expected.unanswered = undefined;
  }

  /**
   * Compares everything that the queue holds, after a restart. What was not answered before is taken
   * as found, and must stay so from now on.
   */
  check(found: readonly Found[]): Violations {
    const countById = new Map(found.map(({ id, deliveryCount }) => [id, deliveryCount]));
    const violations = {
      lost: 0,
      duplicated: found.length - countById.size,
      deliveryCountsWrong: 0,
    };
    for (const [id, expected] of this.#byId) {
      const deliveryCount = countById.get(id);
      if (deliveryCount === undefined) {
        expected.isCompleted ||= expected.unanswered === "complete";
        violations.lost += expected.isCompleted ? 0 : 1;
      } else {
        violations.duplicated += expected.isCompleted ? 1 : 0;
        const most = expected.failedDeliveries + (expected.unanswered === "abandon" ? 1 : 0);
        const isRight = deliveryCount >= expected.failedDeliveries && deliveryCount <= most;
        violations.deliveryCountsWrong += isRight ? 0 : 1;
        expected.failedDeliveries = deliveryCount;
      }
      expected.unanswered = undefined;
    }
    return violations;
  }

  #expect(id: string): Expected {
    const known = this.#byId.get(id);
    const expected = known ?? { failedDeliveries: 0, unanswered: undefined, isCompleted: false };
    this.#byId.set(id, expected);
    return expected;
  }
}
