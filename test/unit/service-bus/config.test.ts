import { describe, expect, it } from "vitest";
import { parseConfig, readConfig } from "../../../local/service-bus/config.ts";

function configFile(namespace: object): object {
  return { UserConfig: { Namespaces: [{ Name: "local", ...namespace }] } };
}

describe("the configuration", () => {
  it("reads durations, counts and switches of a queue", () => {
    const properties = {
      LockDuration: "PT1M30S",
      MaxDeliveryCount: 5,
      DefaultMessageTimeToLive: "P14D",
      DeadLetteringOnMessageExpiration: true,
      RequiresDuplicateDetection: true,
      DuplicateDetectionHistoryTimeWindow: "PT0.5S",
      ForwardTo: "",
      RequiresSession: false,
    };

    const config = parseConfig(configFile({ Queues: [{ Name: "q", Properties: properties }] }));

    expect(config.queues).toEqual([
      {
        name: "q",
        settings: {
          lockDurationMs: 90_000,
          maxDeliveryCount: 5,
          defaultTimeToLiveMs: 1_209_600_000,
          deadLettersOnExpiration: true,
          duplicateWindowMs: 500,
          maxSizeBytes: 1024 ** 3,
        },
      },
    ]);
  });

  it("gives what is not said the service's defaults", () => {
    const config = parseConfig(configFile({ Queues: [{ Name: "q" }] }));

    expect(config.queues[0]?.settings).toEqual({
      lockDurationMs: 60_000,
      maxDeliveryCount: 10,
      defaultTimeToLiveMs: Infinity,
      deadLettersOnExpiration: false,
      maxSizeBytes: 1024 ** 3,
    });
  });

  it("reads a topic's subscriptions with their correlation filters", () => {
    const rule = {
      Name: "erasures",
      Properties: {
        FilterType: "Correlation",
        CorrelationFilter: { Label: "erasure", Properties: { region: "eu", size: 3 } },
      },
    };

    const config = parseConfig(
      configFile({
        Topics: [{ Name: "t", Subscriptions: [{ Name: "s", Rules: [rule] }, { Name: "all" }] }],
      }),
    );

    const system = { subject: "erasure" };
    const filter = { kind: "correlation", system, properties: { region: "eu", size: 3 } };
    expect(config.topics[0]?.subscriptions.map(({ name, rules }) => ({ name, rules }))).toEqual([
      { name: "s", rules: [{ name: "erasures", filter }] },
      { name: "all", rules: [{ name: "$Default", filter: { kind: "true" } }] },
    ]);
  });

  it.each([
    ["sessions are not supported", { RequiresSession: true }],
    ["forwarding is not supported", { ForwardTo: "other" }],
    ["expected an ISO 8601 duration", { LockDuration: "1 minute" }],
    ['Unrecognized key: "AutoDeleteOnIdle"', { AutoDeleteOnIdle: "P1D" }],
  ])("says that %s", (sentence, properties) => {
    const file = configFile({ Queues: [{ Name: "q", Properties: properties }] });

    expect(() => parseConfig(file)).toThrow(sentence);
  });

  it.each([
    ["SQL filters are not supported", { FilterType: "Sql", SqlFilter: {} }],
    ["actions of rules are not supported", { FilterType: "Correlation", Action: {} }],
  ])("says that %s", (sentence, properties) => {
    const subscription = { Name: "s", Rules: [{ Name: "r", Properties: properties }] };
    const file = configFile({ Topics: [{ Name: "t", Subscriptions: [subscription] }] });

    expect(() => parseConfig(file)).toThrow(sentence);
  });

  it("refuses two entities whose names differ in case only", () => {
    const file = configFile({ Queues: [{ Name: "orders" }], Topics: [{ Name: "Orders" }] });

    expect(() => parseConfig(file)).toThrow("two entities are named orders");
  });

  it("has a default file that names the entities of the stack", () => {
    const config = readConfig("local/service-bus/config.json");

    expect(config.queues.map(({ name }) => name)).toEqual([
      "plans",
      "exports",
      "seals",
      "deletes",
      "privacy-requests",
      "privacy-requests-rejected",
    ]);
    expect(config.topics.map(({ name }) => name)).toEqual(["privacy-events"]);
  });
});
