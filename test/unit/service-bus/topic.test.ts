import { describe, expect, it } from "vitest";
import type { FilterView } from "../../../local/service-bus/model/correlation-filter.ts";
import { emptyRecord } from "../../../local/service-bus/model/journal.ts";
import { DEFAULT_RULE, type Rule, Rules } from "../../../local/service-bus/model/rules.ts";
import { createTopic } from "../../../local/service-bus/model/topic.ts";
import { createMemoryStore } from "../../../local/service-bus/store/memory-store.ts";
import { ManualClock } from "./manual-clock.ts";
import { draft, held, lock, openQueue, SECOND, SETTINGS } from "./queue-fixture.ts";

const ERASURES: Rule = {
  name: "erasures",
  filter: { kind: "correlation", system: { subject: "erasure" }, properties: { region: "eu" } },
};

function rules(rule: Rule): Rules {
  return new Rules([rule], [], () => undefined);
}

/** Every message looks the same to the filters: an erasure in the region given. */
function view(region: string): FilterView {
  return {
    system: {
      messageId: undefined,
      correlationId: undefined,
      contentType: undefined,
      subject: "erasure",
      to: undefined,
      replyTo: undefined,
      sessionId: undefined,
      replyToSessionId: undefined,
    },
    properties: { region },
  };
}

function openTopic(region: string, settings = {}) {
  const clock = new ManualClock();
  const all = openQueue({}, clock).queue;
  const erasures = openQueue({}, clock).queue;
  const topic = createTopic(
    "events",
    { ...SETTINGS, ...settings },
    { clock, journal: createMemoryStore().journal("events"), record: emptyRecord },
    [
      { queue: all, rules: rules(DEFAULT_RULE) },
      { queue: erasures, rules: rules(ERASURES) },
    ],
    () => view(region),
  );
  return { topic, all, erasures, clock };
}

describe("a topic", () => {
  it("copies a message to every subscription whose filter lets it through", () => {
    const { topic, all, erasures } = openTopic("eu");

    topic.send([draft("a")]);

    expect(held(all)).toEqual(["a"]);
    expect(held(erasures)).toEqual(["a"]);
    expect(held(topic)).toEqual([]);
  });

  it("keeps a message from a subscription when one of the filter's values differs", () => {
    const { topic, all, erasures } = openTopic("us");

    topic.send([draft("a")]);

    expect(held(all)).toEqual(["a"]);
    expect(held(erasures)).toEqual([]);
  });

  it("settles the copies one by one", () => {
    const { topic, all, erasures } = openTopic("eu");
    topic.send([draft("a")]);

    all.complete(lock(all).lockToken);

    expect(held(all)).toEqual([]);
    expect(held(erasures)).toEqual(["a"]);
  });

  it("holds a scheduled message and copies it when its time comes", () => {
    const { topic, all, clock } = openTopic("eu");
    topic.send([draft("a", { scheduledAt: clock.now() + SECOND })]);
    const heldBefore = held(all);

    clock.advance(SECOND);
    topic.advance();

    expect(heldBefore).toEqual([]);
    expect(held(all)).toEqual(["a"]);
  });

  it("drops duplicates before it copies", () => {
    const { topic, all } = openTopic("eu", { duplicateWindowMs: SECOND });

    topic.send([draft("a"), draft("a")]);

    expect(held(all)).toEqual(["a"]);
  });

  it("hands on its own time to live", () => {
    const { topic, all, clock } = openTopic("eu", { defaultTimeToLiveMs: SECOND });
    topic.send([draft("a")]);

    clock.advance(SECOND);

    expect(held(all)).toEqual([]);
  });
});
