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

    expect(fn).toMatchObject({
      kind: "service-bus",
      source: { queueName: "eu-exports" },
      connection: "ServiceBus",
      isBatch: false,
    });
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
      "a topic without its subscription",
      { t: { type: "serviceBusTrigger", direction: "in", topicName: "t" } },
    ],
    [
      "a queue and a topic at once",
      { t: { type: "serviceBusTrigger", direction: "in", queueName: "q", topicName: "t" } },
    ],
    [
      "a result of an HTTP function that is no response",
      {
        t: { type: "httpTrigger", direction: "in" },
        $return: { type: "serviceBus", direction: "out", queueName: "q" },
      },
    ],
    [
      "an output to nowhere",
      {
        t: { type: "timerTrigger", direction: "in", schedule: "00:01:00" },
        o: { type: "serviceBus", direction: "out" },
      },
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

  it("reads a subscription, a batch of bytes", () => {
    const trigger: Binding = {
      type: "serviceBusTrigger",
      direction: "in",
      topicName: "%TOPIC%",
      subscriptionName: "all",
      cardinality: "many",
      dataType: "binary",
    };

    const fn = toAppFunction(registered({ t: trigger }), { TOPIC: "events" });

    expect(fn).toMatchObject({
      source: { topicName: "events", subscriptionName: "all" },
      connection: "AzureWebJobsServiceBus",
      isBatch: true,
      isBinary: true,
    });
  });

  it("reads where outputs go, with settings resolved", () => {
    const bindings: Record<string, Binding> = {
      t: { type: "timerTrigger", direction: "in", schedule: "00:01:00" },
      $return: { type: "serviceBus", direction: "out", queueName: "%Q%", connection: "Bus" },
      o: { type: "serviceBus", direction: "out", topicName: "events", connection: "Bus" },
    };

    const fn = toAppFunction(registered(bindings), { Q: "work" });

    expect(fn.outputs).toEqual([
      { bindingName: "$return", entity: "work", connection: "Bus" },
      { bindingName: "o", entity: "events", connection: "Bus" },
    ]);
  });

  it.each<[string, Binding, object, string]>([
    [
      "that has no strategy",
      { type: "timerTrigger", direction: "in", schedule: "00:01:00" },
      { maxRetryCount: 3 },
      "strategy",
    ],
    [
      "of an HTTP function",
      { type: "httpTrigger", direction: "in" },
      { strategy: "fixedDelay", maxRetryCount: 3, delayInterval: { seconds: 1 } },
      "a retry policy is not supported for an HTTP function.",
    ],
  ])("refuses a retry policy %s", (_what, trigger, retry, sentence) => {
    const read = () => toAppFunction(registered({ t: trigger }, retry), {});

    expect(read).toThrow(sentence);
  });
});
