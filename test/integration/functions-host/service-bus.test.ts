import { describe, expect, it } from "vitest";
import { startBroker } from "../../../local/service-bus/broker.ts";
import {
  config,
  logged,
  peekBodies,
  send,
  startQueueHost,
} from "../../support/fixture-app/queues.ts";
import { eventually } from "../../support/fixture-app/start-host.ts";

describe("the Service Bus queue trigger", () => {
  it("completes the message of a function that returns", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = startQueueHost(broker);
    await host.ready();

    await send(broker, "work", [{ body: { id: "a" } }]);

    await eventually(() => logged(host, "done")).toEqual(["a"]);
    await eventually(() => peekBodies(broker, "work")).toEqual([]);
    expect(logged(host, "start")).toEqual(["a"]);
  });

  it("abandons the message of a function that throws, and counts deliveries from 1", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = startQueueHost(broker);
    await host.ready();

    await send(broker, "work", [{ body: { id: "a", want: "fail" }, messageId: "m1" }]);

    await eventually(() => peekBodies(broker, "work", "deadLetter")).toEqual([
      { id: "a", want: "fail" },
    ]);
    expect(logged(host, "start")).toEqual(["a", "a", "a"]);
    expect(host.logLines("[Function.work] error failed: Error: asked to fail")).toHaveLength(3);
  });

  it("gives the metadata under the real host's names", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = startQueueHost(broker);
    await host.ready();

    await send(broker, "work", [
      {
        body: { id: "a", want: "metadata", To: "from-body" },
        messageId: "m1",
        correlationId: "c1",
        subject: "s1",
        to: "t1",
        contentType: "application/json",
        applicationProperties: { Tenant: "x" },
      },
    ]);

    await eventually(() => logged(host, "done")).toEqual(["a"]);
    const line = host.logLines("information metadata ")[0] ?? "";
    expect(JSON.parse(line.slice(line.indexOf("{")))).toMatchObject({
      deliveryCount: 1,
      messageId: "m1",
      correlationId: "c1",
      subject: "s1",
      label: "s1",
      to: "from-body",
      contentType: "application/json",
      sequenceNumber: 1,
      lockToken: expect.stringMatching(/^[\da-f-]{36}$/),
      enqueuedTimeUtc: expect.stringMatching(/^\d{4}-[\dT:.-]+$/),
      enqueuedTime: expect.stringMatching(/\+00:00$/),
      applicationProperties: { tenant: "x" },
    });
  });

  it("runs at most maxConcurrentCalls at once", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = startQueueHost(broker);
    await host.ready();

    await send(
      broker,
      "work",
      ["a", "b", "c", "d", "e"].map((id) => ({ body: { id, want: 100 } })),
    );

    await eventually(() => logged(host, "done")).toHaveLength(5);
    const running = host.logLines("] information start ").map((line) => /(\d+)\}$/.exec(line)?.[1]);
    expect(Math.max(...running.map(Number))).toBe(2);
  });

  it("ends what is in work and settles it before it stops", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = startQueueHost(broker);
    await host.ready();
    await send(broker, "work", [{ body: { id: "a", want: 1500 } }]);
    await eventually(() => logged(host, "start")).toEqual(["a"]);

    host.kill("SIGTERM");
    await eventually(() => host.logLines("nothing more is taken")).toHaveLength(1);
    await send(broker, "work", [{ body: { id: "b" } }]);

    expect(await host.exitCode).toBe(0);
    expect(logged(host, "done")).toEqual(["a"]);
    expect(await peekBodies(broker, "work")).toEqual([{ id: "b" }]);
  });
});
