import { ServiceBusClient, type ServiceBusSender } from "@azure/service-bus";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { startBroker } from "../../../local/service-bus/broker.ts";
import type { SendingClient } from "../../../shared/adapters/bus-senders.ts";
import { serviceBus } from "../../../shared/adapters/service-bus.ts";
import { submit } from "../../../shared/pipeline/intake.ts";
import { reconcile } from "../../../shared/pipeline/reconciler.ts";
import { busClient, connectionTo, localEntities, unusedPort } from "../../support/broker.ts";
import { newRequestId, outgoing, sampleMessage } from "../../support/contracts/samples.ts";
import { peekBodies, spawnBroker } from "../../support/fixture-app/queues.ts";
import { temporaryFolder } from "../../support/fixture-app/start-host.ts";
import { anIntake } from "../../support/intakes.ts";
import { memoryStage } from "../../support/stage.ts";
import { startTcpRelay } from "../../support/tcp-relay.ts";

/**
 * What the official client does wrong when it sends, here and on Azure alike, and that our bus is safe from
 * it. What it does wrong when it receives is the host's business: functions-host/client-hazards.test.ts.
 */

const someMessage = () => outgoing(sampleMessage(newRequestId()));

describe("a refused connection", () => {
  it("is not tried again by the client, whatever its options say", async () => {
    const everyMinute = { maxRetries: 5, retryDelayInMs: 60_000 };
    const client = new ServiceBusClient(connectionTo(await unusedPort()), {
      retryOptions: everyMinute,
    });

    // A second try would be later than this test may take.
    const sending = client.createSender("exports").sendMessages({ body: 1 });

    await expect(sending).rejects.toMatchObject({ code: "GeneralError", retryable: false });
    await client.close();
  });

  it("costs no message: what is owed is sent again from the outbox", async () => {
    const stage = memoryStage();
    const port = await unusedPort();
    const bus = serviceBus(async () => busClient(connectionTo(port)));

    await submit({ ...stage, bus }, anIntake());
    await using broker = await startBroker({ port, config: localEntities() });
    const before = await peekBodies(broker, "plans");
    stage.clock.advance(stage.pace.lookAfterMs);
    await reconcile({ ...stage, bus });

    expect(before).toEqual([]);
    expect(await peekBodies(broker, "plans")).toMatchObject([{ step: "plan" }]);
    await bus.close();
  });
});

describe("a broker that does not answer", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is given up by our bus while the client's default options still wait for it", async () => {
    await using silent = await startTcpRelay();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const plain = new ServiceBusClient(connectionTo(silent.port)).createSender("exports");
    const bus = serviceBus(async () => busClient(connectionTo(silent.port)));
    const ended: string[] = [];
    const watch = (name: string, work: Promise<unknown>) =>
      work.catch((error: unknown) => error).finally(() => ended.push(name));
    void watch("plain", plain.sendMessages({ body: 1 }));
    const ours = watch("ours", bus.send([someMessage()]));

    while (ended.length === 0) {
      // The sockets are real, and need a real turn.
      await new Promise((next) => setImmediate(next));
      await vi.advanceTimersByTimeAsync(100);
    }

    expect(ended).toEqual(["ours"]);
    expect(await ours).toMatchObject({ code: "bus-unavailable" });
  });
});

describe("a connection that breaks while it is being closed", () => {
  it("keeps close() of the client waiting for ever, and ours for seconds", async () => {
    await using broker = await startBroker({ port: 0, config: localEntities() });
    await using relay = await startTcpRelay(broker.port);
    const client = busClient(connectionTo(relay.port));
    const bus = serviceBus(async () => client);
    await bus.send([someMessage()]);
    const broken = relay.breakAtNextBytes();
    let isClosed = false;
    const closing = client.close().then(() => (isClosed = true));
    await broken;

    await bus.close();

    expect(isClosed).toBe(false);
    void closing;
  });
});

describe("more than 2,048 sends at once", () => {
  it("are more than the client has room for: it fails some", async () => {
    await using folder = await temporaryFolder();
    await using broker = await spawnBroker(folder.path, 0);
    const retryOptions = { maxRetries: 0, timeoutInMs: 2_000 };
    const client = new ServiceBusClient(broker.connectionString, { retryOptions });
    const sender = client.createSender("work");
    await sender.sendMessages({ body: "the link is open" });
    broker.process.kill("SIGSTOP");

    const sends = Array.from({ length: 2_100 }, (_, body) => sender.sendMessages({ body }));

    const settled = await Promise.allSettled(sends);
    const withoutRoom = settled.filter(
      (send) => send.status === "rejected" && /InsufficientCredit/.test(String(send.reason)),
    );
    expect(withoutRoom).toHaveLength(2_100 - 2_048);
  });

  it("are a few batches for our bus", async () => {
    await using broker = await startBroker({ port: 0, config: localEntities() });
    const requestId = newRequestId();
    let transfers = 0;
    const bus = serviceBus(async () =>
      counting(busClient(broker.connectionString), () => {
        transfers += 1;
      }),
    );
    const attempts = Array.from({ length: 3_000 }, (_, attempt) => attempt);

    await bus.send(attempts.map((attempt) => outgoing(sampleMessage(requestId, { attempt }))));

    expect(transfers).toBeLessThan(20);
    await bus.close();
  });
});

describe("settling", () => {
  it("is left to the host: our bus is given a client that can only send", () => {
    expectTypeOf<keyof SendingClient>().toEqualTypeOf<"createSender" | "close">();
  });

  it("never has two messages of one id in work, for the id says what a message is for", async () => {
    await using broker = await startBroker({ port: 0, config: localEntities() });
    const bus = serviceBus(async () => busClient(broker.connectionString));
    const message = sampleMessage(newRequestId());

    await Promise.all([
      bus.send([outgoing(message), outgoing(message)]),
      bus.send([outgoing(message), outgoing({ ...message, attempt: 2 })]),
    ]);

    const receiver = busClient(broker.connectionString).createReceiver("exports");
    const ids = (await receiver.peekMessages(10)).map(({ messageId }) => messageId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    await receiver.close();
    await bus.close();
  });
});

/** A client that tells of each transfer. */
function counting(client: ServiceBusClient, onTransfer: () => void): SendingClient {
  const createSender = (entity: string): ServiceBusSender => {
    const sender = client.createSender(entity);
    const send = sender.sendMessages.bind(sender);
    sender.sendMessages = (...args) => {
      onTransfer();
      return send(...args);
    };
    return sender;
  };
  return { createSender, close: () => client.close() };
}
