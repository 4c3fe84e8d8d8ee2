import { describe, expect, it } from "vitest";
import { Expectations } from "../../faults/broker/expectations.ts";

const NOTHING_WRONG = { lost: 0, duplicated: 0, deliveryCountsWrong: 0 };

function found(id: string, deliveryCount = 0) {
  return { id, deliveryCount };
}

describe("what a queue must hold", () => {
  it("is every acknowledged message, once, and any number of others", () => {
    const expectations = new Expectations();
    expectations.sendAcknowledged("a");
    expectations.sendAcknowledged("b");

    expect(expectations.check([found("a"), found("b"), found("unanswered")])).toEqual(
      NOTHING_WRONG,
    );
    expect(expectations.check([found("a"), found("a")])).toEqual({
      ...NOTHING_WRONG,
      lost: 1,
      duplicated: 1,
    });
  });

  it("is no message whose completion was acknowledged", () => {
    const expectations = new Expectations();
    expectations.sendAcknowledged("a");
    expectations.settling("a", "complete");
    expectations.settled("a");

    expect(expectations.check([])).toEqual(NOTHING_WRONG);
    expect(expectations.check([found("a")])).toEqual({ ...NOTHING_WRONG, duplicated: 1 });
  });

  it("is one or the other after a completion without an answer, and stays so", () => {
    const open = () => {
      const expectations = new Expectations();
      expectations.sendAcknowledged("a");
      expectations.settling("a", "complete");
      return expectations;
    };
    const kept = open();
    const gone = open();

    expect([kept.check([found("a")]), gone.check([])]).toEqual([NOTHING_WRONG, NOTHING_WRONG]);
    expect(kept.check([])).toEqual({ ...NOTHING_WRONG, lost: 1 });
    expect(gone.check([found("a")])).toEqual({ ...NOTHING_WRONG, duplicated: 1 });
  });

  it("has as many failed deliveries as were acknowledged, or one more without an answer", () => {
    const expectations = new Expectations();
    expectations.sendAcknowledged("a");
    expectations.settling("a", "abandon");
    expectations.settled("a");

    expect(expectations.check([found("a", 0)])).toEqual({
      ...NOTHING_WRONG,
      deliveryCountsWrong: 1,
    });
    expectations.settling("a", "abandon");
    expect(expectations.check([found("a", 1)])).toEqual(NOTHING_WRONG);
    expect(expectations.check([found("a", 2)])).toEqual({
      ...NOTHING_WRONG,
      deliveryCountsWrong: 1,
    });
  });
});
