import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import rhea, { type EventContext, type Receiver, type Sender } from "rhea";
import { describe, expect, it } from "vitest";
import { outcomeState } from "../../../local/service-bus/amqp/outcome.ts";
import {
  answerDrain,
  creditOf,
  flushTransfers,
  freeSent,
  freeSlots,
  isDraining,
  receiveBytes,
  takeDispositions,
  writeDisposition,
} from "../../../local/service-bus/amqp/rhea-internals.ts";
import { types } from "../../../local/service-bus/wire/codec.ts";

/*
 * What the broker relies on inside rhea, between two plain rhea containers. When one of these fails
 * after an upgrade, look at rhea-internals.ts before anything else.
 */

/** A rhea server that does nothing by itself, and a client connected to it. */
async function connectPlain() {
  const serverContainer = rhea.create_container();
  const server = serverContainer.listen({
    port: 0,
    host: "127.0.0.1",
    receiver_options: { credit_window: 100, autoaccept: false, autosettle: false },
    sender_options: {},
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = rhea.create_container().connect({ host: "127.0.0.1", port, reconnect: false });
  return {
    server: serverContainer,
    client,
    async [Symbol.asyncDispose]() {
      const closed = once(client, "connection_close");
      client.close();
      await closed;
      server.close();
    },
  };
}

it("is the version the hooks were written for", () => {
  const manifest: unknown = JSON.parse(readFileSync("node_modules/rhea/package.json", "utf8"));

  expect(manifest).toMatchObject({ version: "3.0.5" });
});

describe("received messages", () => {
  it("come as bytes, of one frame or of several", async () => {
    await using plain = await connectPlain();
    const sizes: number[] = [];
    plain.server.on("session_open", ({ session }: EventContext) => {
      if (session !== undefined) {
        receiveBytes(session);
      }
    });
    plain.server.on("message", ({ message, delivery }: EventContext) => {
      sizes.push(Buffer.isBuffer(message) ? message.length : -1);
      delivery?.update(true, outcomeState("accepted"));
    });

    const sender = plain.client.open_sender("q");
    await once(sender, "sendable");
    const payload = rhea.message.encode({ body: rhea.message.data_section(Buffer.alloc(300_000)) });
    sender.send(payload, undefined, 0);
    await once(sender, "accepted");

    expect(sizes).toEqual([payload.length]);
  });

  it("are answered one by one, each with its own outcome", async () => {
    await using plain = await connectPlain();
    plain.server.on("message", ({ receiver, delivery }: EventContext) => {
      if (receiver !== undefined && delivery !== undefined) {
        const kind = delivery.id % 2 === 0 ? "accepted" : "rejected";
        writeDisposition(receiver.session, "receiver", delivery.id, outcomeState(kind));
      }
    });

    const sender = plain.client.open_sender("q");
    await once(sender, "sendable");
    const outcomes: string[] = [];
    sender.on("accepted", () => void outcomes.push("accepted"));
    sender.on("rejected", () => void outcomes.push("rejected"));
    for (let count = 0; count < 4; count += 1) {
      sender.send({ body: count });
    }

    await expect.poll(() => outcomes).toEqual(["accepted", "rejected", "accepted", "rejected"]);
  });
});

describe("sent messages", () => {
  it("leave their slots at once, unsettled, and their dispositions arrive", async () => {
    await using plain = await connectPlain();
    const settled: number[] = [];
    const slots: number[] = [];
    plain.server.on("sender_open", ({ sender }: EventContext) => {
      if (sender === undefined) {
        return;
      }
      takeDispositions(sender.session, ({ first, last }) => {
        for (let id = first; id <= (last ?? first); id += 1) {
          settled.push(id);
          writeDisposition(sender.session, "sender", id, outcomeState("accepted"));
        }
      });
      sender.once("sendable", () => {
        const before = freeSlots(sender.session);
        for (let id = 0; id < 10; id += 1) {
          sender.send(rhea.message.encode({ body: id }), Buffer.from([id]), 0);
        }
        const waitingCount = flushTransfers(sender.session);
        freeSent(sender.session);
        slots.push(before, waitingCount, freeSlots(sender.session));
      });
    });

    const bodies = await collect(
      plain.client.open_receiver({ source: "q", rcv_settle_mode: 1 }),
      10,
    );

    await expect.poll(() => settled).toHaveLength(10);
    expect(slots).toEqual([2048, 0, 2048]);
    expect(bodies).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(settled.sort((a, b) => a - b)).toEqual(bodies);
  });
});

describe("a drain", () => {
  it.each([
    ["with credit to spare", 5, 2],
    ["with the credit used up exactly", 3, 3],
  ])("is answered %s", async (_, credit, count) => {
    await using plain = await connectPlain();
    const creditsLeft: number[] = [];
    plain.server.on("sender_flow", ({ sender }: EventContext) => {
      if (sender !== undefined && isDraining(sender)) {
        sendSome(sender, count);
        answerDrain(sender);
        creditsLeft.push(creditOf(sender));
      }
    });
    const receiver = plain.client.open_receiver({ source: "q", credit_window: 0 });
    await once(receiver, "receiver_open");
    const bodies = collect(receiver, count);
    const drained = once(receiver, "receiver_drained");

    receiver.add_credit(credit);
    receiver.drain_credit();

    await drained;
    expect(await bodies).toHaveLength(count);
    expect(creditsLeft).toEqual([0]);
  });
});

describe("types", () => {
  it("writes arrays of an explicit type, and the codes the broker writes", () => {
    const written = [
      types.wrap_array([1, 2], 0x81, undefined),
      types.wrap_timestamp(0),
      types.wrap_uuid(Buffer.alloc(16)),
    ].map(({ type }) => type.typecode);

    expect(written).toEqual([0xf0, 0x83, 0x98]);
  });
});

function sendSome(sender: Sender, count: number): void {
  for (let id = 0; id < count; id += 1) {
    sender.send(rhea.message.encode({ body: id }), Buffer.from([id]), 0);
  }
  flushTransfers(sender.session);
}

async function collect(receiver: Receiver, count: number): Promise<unknown[]> {
  const bodies: unknown[] = [];
  receiver.on("message", ({ message }: EventContext) => void bodies.push(message?.["body"]));
  await expect.poll(() => bodies).toHaveLength(count);
  return bodies;
}
