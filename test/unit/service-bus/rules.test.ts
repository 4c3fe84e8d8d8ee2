import { describe, expect, it } from "vitest";
import type { FilterView } from "../../../local/service-bus/model/correlation-filter.ts";
import {
  correlation,
  DEFAULT_RULE,
  type RuleChange,
  Rules,
} from "../../../local/service-bus/model/rules.ts";

const NOTHING = {
  messageId: undefined,
  correlationId: undefined,
  contentType: undefined,
  subject: undefined,
  to: undefined,
  replyTo: undefined,
  sessionId: undefined,
  replyToSessionId: undefined,
};

function openRules(configured = [DEFAULT_RULE], changes: RuleChange[] = []) {
  return new Rules(configured, changes, (change) => void changes.push(change));
}

function view(
  system: Partial<FilterView["system"]>,
  properties: FilterView["properties"] = {},
): () => FilterView {
  return () => ({ system: { ...NOTHING, ...system }, properties });
}

describe("the rules of a subscription", () => {
  it("let a message through when one of them does, and none when there are none", () => {
    const rules = openRules();
    const passes = () => rules.letThrough(view({ subject: "a" }));
    const results = [passes()];
    rules.remove("$Default");
    results.push(passes());
    rules.add({ name: "never", filter: { kind: "false" } });
    results.push(passes());
    rules.add({ name: "subject", filter: correlation({ ...NOTHING, subject: "a" }, {}) });
    results.push(passes());

    expect(results).toEqual([true, false, false, true]);
  });

  it("compare every system field and every property, with its type", () => {
    const at = new Date(0);
    const filter = correlation(
      { ...NOTHING, sessionId: "s", replyToSessionId: "r" },
      { size: 3, at, open: true },
    );
    const rules = openRules([{ name: "all", filter }]);
    const system = { sessionId: "s", replyToSessionId: "r" };

    const same = rules.letThrough(view(system, { size: 3, at: new Date(0), open: true, more: 1 }));
    const others = [
      view(system, { size: "3", at, open: true }),
      view(system, { size: 3, at: new Date(1), open: true }),
      view(system, { size: 3, at }),
      view({ sessionId: "s" }, { size: 3, at, open: true }),
    ].map((each) => rules.letThrough(each));

    expect(same).toBe(true);
    expect(others).toEqual([false, false, false, false]);
  });

  it("have names that differ in more than case", () => {
    const rules = openRules();

    expect(() => rules.add({ name: "$default", filter: { kind: "true" } })).toThrow(
      expect.objectContaining({ code: "entity-already-exists" }),
    );
    expect(() => rules.remove("other")).toThrow(
      expect.objectContaining({ code: "entity-not-found" }),
    );
  });

  it("are the configured ones with what was changed since", () => {
    const changes: RuleChange[] = [];
    const before = openRules([DEFAULT_RULE], changes);
    before.remove("$default");
    before.add({ name: "gone", filter: { kind: "true" } });
    before.add({ name: "kept", filter: { kind: "false" } });
    before.remove("gone");

    const added = { name: "new", filter: { kind: "true" } } as const;
    const after = openRules([DEFAULT_RULE, added], changes);

    expect(after.list().map(({ name }) => name)).toEqual(["new", "kept"]);
  });
});
