import { describe, expect, it } from "vitest";
import type { Binding } from "../../../local/functions-host/core-types.ts";
import { HostError } from "../../../local/functions-host/host-error.ts";
import { toAppFunction } from "../../../local/functions-host/trigger.ts";

function registered(bindings: Record<string, Binding>, retryOptions?: object) {
  return { metadata: { name: "fn", bindings, retryOptions }, callback: () => undefined };
}

const response: Binding = { type: "http", direction: "out" };

describe("toAppFunction", () => {
  it("reads an HTTP trigger, whose route is the function's name unless given", () => {
    const trigger: Binding = { type: "httpTrigger", direction: "in", methods: ["get"] };

    const fn = toAppFunction(registered({ t: trigger, $return: response }), {});

    expect(fn).toMatchObject({
      kind: "http",
      name: "fn",
      bindingName: "t",
      route: "fn",
      methods: ["GET"],
      authLevel: "anonymous",
    });
  });

  it("resolves settings in a queue name", () => {
    const trigger: Binding = {
      type: "serviceBusTrigger",
      direction: "in",
      queueName: "%PREFIX%-exports",
      connection: "ServiceBus",
    };

    const fn = toAppFunction(registered({ t: trigger }), { PREFIX: "eu" });

    expect(fn).toMatchObject({ kind: "queue", queueName: "eu-exports", connection: "ServiceBus" });
  });

  it("resolves settings in a schedule", () => {
    const trigger: Binding = { type: "timerTrigger", direction: "in", schedule: "%WHEN%" };

    const fn = toAppFunction(registered({ t: trigger }), { WHEN: "0 0 3 * * *" });

    expect(fn).toMatchObject({
      kind: "timer",
      schedule: "0 0 3 * * *",
      runsOnStartup: false,
      usesMonitor: true,
    });
  });

  it("names the setting that is missing", () => {
    const trigger: Binding = { type: "timerTrigger", direction: "in", schedule: "%WHEN%" };

    const read = () => toAppFunction(registered({ t: trigger }), {});

    expect(read).toThrow("The setting WHEN, which the schedule of fn refers to, is missing.");
  });

  it.each<[string, Record<string, Binding>]>([
    ["a blob trigger", { t: { type: "blobTrigger", direction: "in", path: "c" } }],
    [
      "a topic",
      { t: { type: "serviceBusTrigger", direction: "in", topicName: "t", subscriptionName: "s" } },
    ],
    [
      "a batch",
      { t: { type: "serviceBusTrigger", direction: "in", queueName: "q", cardinality: "many" } },
    ],
    [
      "sessions",
      {
        t: { type: "serviceBusTrigger", direction: "in", queueName: "q", isSessionsEnabled: true },
      },
    ],
    [
      "settling by hand",
      {
        t: {
          type: "serviceBusTrigger",
          direction: "in",
          queueName: "q",
          autoCompleteMessages: false,
        },
      },
    ],
    [
      "an input",
      { t: { type: "httpTrigger", direction: "in" }, i: { type: "blob", direction: "in" } },
    ],
    [
      "an output",
      {
        t: { type: "timerTrigger", direction: "in", schedule: "00:01:00" },
        $return: { type: "queue", direction: "out" },
      },
    ],
    [
      "an HTTP response of a timer",
      { t: { type: "timerTrigger", direction: "in", schedule: "00:01:00" }, $return: response },
    ],
    [
      "two triggers",
      { a: { type: "httpTrigger", direction: "in" }, b: { type: "httpTrigger", direction: "in" } },
    ],
    ["no trigger", {}],
  ])("refuses %s with a sentence that names the function", (_what, bindings) => {
    const read = () => toAppFunction(registered(bindings), {});

    expect(read).toThrow(HostError);
    expect(read).toThrow(/^The function fn cannot run on this host: .+\.$/);
  });

  it("refuses a retry policy", () => {
    const trigger: Binding = { type: "timerTrigger", direction: "in", schedule: "00:01:00" };

    const read = () => toAppFunction(registered({ t: trigger }, { maxRetryCount: 3 }), {});

    expect(read).toThrow(
      "The function fn cannot run on this host: a retry policy is not supported.",
    );
  });
});
