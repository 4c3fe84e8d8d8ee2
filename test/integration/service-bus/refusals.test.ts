import { once } from "node:events";
import { connect as openSocket } from "node:net";
import rhea, { type EventContext } from "rhea";
import { afterAll, describe, expect, it, vi } from "vitest";
import { connect, openReceiver, peekBodies, startTestBroker } from "./broker-fixture.ts";

const broker = await startTestBroker();
const client = connect(broker);

afterAll(async () => {
  await client.close();
  await broker.close();
});

describe("an entity that does not exist", () => {
  it.each([
    ["send", () => client.createSender("nope").sendMessages({ body: 1 })],
    ["make a batch", () => client.createSender("nope").createMessageBatch()],
    ["receive", () => client.createReceiver("nope").receiveMessages(1)],
    ["peek", () => client.createReceiver("nope").peekMessages(1)],
    [
      "receive from a subscription",
      () => client.createReceiver("events", "nope").receiveMessages(1),
    ],
  ])("is named when a client wants to %s", async (_, action) => {
    await expect(action()).rejects.toMatchObject({
      code: "MessagingEntityNotFound",
      message: expect.stringContaining("nope' could not be found."),
    });
  });

  it("is told to a subscriber", async () => {
    const codes: unknown[] = [];
    await using receiver = openReceiver(client, "nope");

    receiver.subscribe({
      processMessage: async () => undefined,
      processError: async ({ error }) => void codes.push("code" in error ? error.code : error),
    });

    await vi.waitFor(() => expect(codes[0]).toBe("MessagingEntityNotFound"));
  });
});

describe("a message that is too large", () => {
  const body = "x".repeat(262_144);
  const sender = client.createSender("orders");

  it.each([
    ["alone", () => sender.sendMessages({ body })],
    ["in a list", () => sender.sendMessages([{ body }])],
  ])("is refused %s, and the sender goes on", async (_, send) => {
    await expect(send()).rejects.toMatchObject({ code: "MessageSizeExceeded" });
    await sender.sendMessages({ body: "small" });
  });

  it("does not fit a batch", async () => {
    const batch = await sender.createMessageBatch();

    expect(batch.tryAddMessage({ body })).toBe(false);
  });
});

describe("a client without the key", () => {
  it("is told that it is not authorised", async () => {
    const connectionString = broker.connectionString.replace("SAS_KEY_VALUE", "guess");
    await using stranger = connect({ connectionString });

    await expect(stranger.createSender("orders").sendMessages({ body: 1 })).rejects.toMatchObject({
      code: "UnauthorizedAccess",
    });
  });

  it("cannot open an entity by leaving the token out", async () => {
    const container = rhea.create_container();
    const connection = container.connect({ host: "127.0.0.1", port: broker.port });

    const receiver = connection.open_receiver("orders");
    const [context]: EventContext[] = await once(receiver, "receiver_error");

    expect(context?.receiver?.error).toMatchObject({ condition: "amqp:unauthorized-access" });
    connection.close();
    await once(connection, "connection_close");
  });
});

describe("what is not supported is said in a sentence", () => {
  it("sessions", async () => {
    await expect(client.acceptNextSession("orders")).rejects.toMatchObject({
      message: expect.stringContaining("Message sessions are not supported."),
    });
  });

  it("rules", async () => {
    const rules = client.createRuleManager("events", "all");

    await expect(rules.createRule("big", { sqlExpression: "size > 3" })).rejects.toMatchObject({
      message: expect.stringContaining("com.microsoft:add-rule is not supported."),
    });
  });

  it("sending to a subscription or a dead-letter queue", async () => {
    for (const path of ["events/Subscriptions/all", "orders/$deadletterqueue"]) {
      await expect(client.createSender(path).sendMessages({ body: 1 })).rejects.toMatchObject({
        message: expect.stringContaining("cannot be sent to"),
      });
    }
  });

  it("receiving from a topic", async () => {
    await expect(client.createReceiver("events").receiveMessages(1)).rejects.toMatchObject({
      message: expect.stringContaining("receive from a subscription"),
    });
  });
});

it("goes on when somebody sends bytes that are not AMQP", async () => {
  const socket = openSocket(broker.port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: broker\r\n\r\n");
  socket.resume();
  await once(socket, "close");

  expect(await peekBodies(broker, "unique")).toEqual([]);
});
