import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceBusClient, ServiceBusRuleManager } from "@azure/service-bus";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, peekBodies, startTestBroker } from "./broker-fixture.ts";

const SUBSCRIPTION = "events/subscriptions/all";

const broker = await startTestBroker();
const client = connect(broker);
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "service-bus-"));
});

afterEach(() => rm(dataDir, { recursive: true }));

afterAll(async () => {
  await client.close();
  await broker.close();
});

function manage(of: ServiceBusClient): ServiceBusRuleManager {
  return of.createRuleManager("events", "all");
}

async function listed(rules: ServiceBusRuleManager) {
  return Array.fromAsync(rules.listRules());
}

describe("a rule manager", () => {
  it("lists what was configured and what was added, with every field and its type", async () => {
    const rules = manage(client);
    const filter = {
      correlationId: "c",
      messageId: "m",
      to: "t",
      replyTo: "r",
      subject: "s",
      sessionId: "g",
      replyToSessionId: "h",
      contentType: "text/plain",
      applicationProperties: { size: 3, name: "n", open: true, at: new Date(1000) },
    };

    await rules.createRule("full", filter);
    await rules.createRule("nothing", { sqlExpression: "1=0" });
    const all = await listed(rules);
    await rules.deleteRule("full");
    await rules.deleteRule("nothing");

    expect(all).toMatchObject([
      { name: "$Default", filter: { sqlExpression: "1=1" } },
      { name: "full", filter },
      { name: "nothing", filter: { sqlExpression: "1=0" } },
    ]);
    expect((await listed(rules)).map(({ name }) => name)).toEqual(["$Default"]);
  });

  it("decides what is copied from then on", async () => {
    const rules = manage(client);
    const sender = client.createSender("events");
    const send = (body: number) =>
      sender.sendMessages([
        { body, applicationProperties: { size: body } },
        { body: body + 1, applicationProperties: { size: String(body) } },
      ]);

    await send(1);
    await rules.deleteRule("$Default");
    await send(10);
    await rules.createRule("ten", { applicationProperties: { size: 20 } });
    await send(20);
    await rules.deleteRule("ten");
    await rules.createRule("$Default", { sqlExpression: "1=1" });

    expect(await peekBodies(broker, SUBSCRIPTION)).toEqual([1, 2, 20]);
  });

  it("refuses a second rule of a name, and the removal of one that is not there", async () => {
    const rules = manage(client);

    await expect(rules.createRule("$default", { subject: "a" })).rejects.toMatchObject({
      code: "MessagingEntityAlreadyExists",
    });
    await expect(rules.deleteRule("nope")).rejects.toMatchObject({
      code: "MessagingEntityNotFound",
    });
  });

  it("says that SQL filters and actions are not supported", async () => {
    const rules = manage(client);

    await expect(rules.createRule("big", { sqlExpression: "size > 3" })).rejects.toMatchObject({
      message: expect.stringContaining("SQL filters are not supported"),
    });
    await expect(
      rules.createRule("act", { subject: "a" }, { sqlExpression: "SET a = 1" }),
    ).rejects.toMatchObject({
      message: expect.stringContaining("SQL actions of rules are not supported"),
    });
    expect(await listed(rules)).toHaveLength(1);
  });
});

describe("rules", () => {
  it("survive a restart, those that were removed stay removed", async () => {
    const first = await startTestBroker({ dataDir });
    await using before = connect(first);
    const rules = manage(before);
    await rules.deleteRule("$Default");
    await rules.createRule("erasures", { subject: "erasure" });
    await before.close();
    await first.close();

    await using second = await startTestBroker({ dataDir });
    await using after = connect(second);
    const again = manage(after);
    await after.createSender("events").sendMessages([
      { body: 1, subject: "erasure" },
      { body: 2, subject: "export" },
    ]);

    expect(await listed(again)).toMatchObject([
      { name: "erasures", filter: { subject: "erasure" } },
    ]);
    expect(await peekBodies(second, SUBSCRIPTION)).toEqual([1]);
  });
});
