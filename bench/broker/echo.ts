import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import rhea, { type EventContext, type Sender } from "rhea";
import { DeliverySession } from "../../local/service-bus/amqp/delivery-session.ts";
import { creditOf } from "../../local/service-bus/amqp/rhea-internals.ts";
import { types } from "../../local/service-bus/wire/codec.ts";
import { toGuidBytes } from "../../local/service-bus/wire/guid.ts";
import { encodeMessage } from "../../local/service-bus/wire/outgoing-message.ts";
import { BODY_BYTES } from "./traffic.ts";

/** An echo that listens; `await using` stops it. */
export type Echo = AsyncDisposable & { readonly connectionString: string };

const LOCKED_FOR_MS = 300_000;

/**
 * What the broker is compared with: rhea in this process, with nothing behind it. It accepts whatever
 * is sent and forgets it, hands the same message out for as long as there is credit, and agrees to
 * every settlement.
 */
export async function startEcho(): Promise<Echo> {
  const container = rhea.create_container({ id: "echo" });
  container.sasl_server_mechanisms.enable_anonymous();
  container.on("message", answerToken);
  container.on("sender_open", ({ sender }: EventContext) => {
    if (sender?.source?.address !== undefined && sender.source.address !== "$cbs") {
      handOut(sender);
    }
  });
  for (const event of ["disconnected", "receiver_open", "connection_close"]) {
    container.on(event, () => undefined);
  }
  const server = container.listen({
    port: 0,
    host: "127.0.0.1",
    noDelay: true,
    max_frame_size: 65_536,
    receiver_options: { credit_window: 2000, max_message_size: 256 * 1024 },
    sender_options: { autosettle: false },
  });
  await once(server, "listening");
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    connectionString: `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true;`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

/** The official client puts a token before anything else. */
function answerToken({ message, receiver, connection }: EventContext): void {
  if (receiver?.target.address !== "$cbs") {
    return;
  }
  const sender = connection.find_sender(({ name }: Sender) => name === message?.reply_to);
  sender?.send({
    correlation_id: message?.message_id ?? "",
    application_properties: { "status-code": types.wrap_int(202) },
    body: null,
  });
}

function handOut(link: Sender): void {
  const session = new DeliverySession(link.session);
  link.set_source(link.source);
  link.set_target(link.target);
  link.on("sender_flow", () => {
    while (creditOf(link) > session.waitingCount && session.freeSlots > 0) {
      const lockToken = randomUUID();
      session.send(link, encodedMessage(lockToken), toGuidBytes(lockToken), (_, settled) =>
        settled(),
      );
    }
  });
}

function encodedMessage(lockToken: string): Buffer {
  const body = rhea.message.data_section(Buffer.alloc(BODY_BYTES, "x"));
  const bare = rhea.message.encode({ message_id: lockToken, body });
  const lockedUntil = Date.now() + LOCKED_FOR_MS;
  return encodeMessage({
    messageId: lockToken,
    content: { durable: false, priority: 4, annotations: Buffer.alloc(0), bare },
    sizeBytes: bare.length,
    timeToLiveMs: undefined,
    sequenceNumber: 1,
    enqueuedSequenceNumber: 1,
    enqueuedAt: 0,
    expiresAt: Infinity,
    deadLetterSource: undefined,
    state: { kind: "locked", lockToken, lockedUntil, from: { kind: "active" } },
    deliveryCount: 0,
    changes: {},
  });
}
