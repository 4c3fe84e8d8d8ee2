import type { Connection, EventContext, Receiver, Sender, Session } from "rhea";
import type { Entities, Entity } from "../entities.ts";
import { BrokerError } from "../model/broker-error.ts";
import type { SendFaults } from "../model/send-faults.ts";
import type { Turn } from "../turn.ts";
import { type Address, readAddress } from "./address.ts";
import { putToken } from "./cbs.ts";
import { CONDITIONS } from "./conditions.ts";
import { Consumer } from "./consumer.ts";
import { DeliverySession } from "./delivery-session.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { failFast } from "./fail-fast.ts";
import { handleManagementRequest } from "./management.ts";
import { outcomeState } from "./outcome.ts";
import { receiveTransfer, settleTransfer, type Transfer } from "./producer.ts";
import { ReplyLinks, readRequest } from "./reply-links.ts";
import { answerFlow, describeAttach } from "./rhea-internals.ts";
import type { SharedAccessKey } from "./shared-access-signature.ts";

/** What the links of every connection work on. */
export type BrokerParts = {
  readonly entities: Entities;
  readonly dispatcher: Dispatcher;
  readonly turn: Turn;
  readonly key: SharedAccessKey;
  readonly maxMessageSizeBytes: number;
  readonly faults: SendFaults;
};

const SESSION_FILTER = "com.microsoft:session-filter";

/** The sessions and links of one connection: connects each link to what its address names. */
export class Links {
  readonly #parts: BrokerParts;
  readonly #sessions = new Map<Session, DeliverySession>();
  readonly #consumers = new Map<Sender, Consumer>();
  readonly #replyLinks = new ReplyLinks();
  #isAuthorized = false;

  constructor(connection: Connection, parts: BrokerParts) {
    this.#parts = parts;
    connection.on("session_open", ({ session }: EventContext) => this.#session(session));
    connection.on("receiver_open", ({ receiver }: EventContext) => this.#onProducer(receiver));
    connection.on("sender_open", ({ sender }: EventContext) => this.#onConsumer(sender));
    connection.on("sender_close", ({ sender }: EventContext) => this.#forget(sender));
    connection.on("session_close", ({ session }: EventContext) => this.#forgetSession(session));
  }

  /** Stops every delivery on the connection; locks stay until they end. */
  close(): void {
    for (const link of this.#consumers.keys()) {
      this.#forget(link);
    }
  }

  /** The client sends on this link. */
  #onProducer(link: Receiver | undefined): void {
    if (link === undefined) {
      return;
    }
    this.#attach(link, link.target?.address, (address) => {
      const handle = this.#transferHandler(link, address);
      link.set_target({ address: link.target.address });
      describeAttach(link, { maxMessageSizeBytes: this.#parts.maxMessageSizeBytes });
      link.on("message", ({ message, delivery }: EventContext) => {
        if (delivery !== undefined && Buffer.isBuffer(message)) {
          handle({ payload: message, delivery });
        }
      });
    });
  }

  /** The client receives on this link. */
  #onConsumer(link: Sender | undefined): void {
    if (link === undefined) {
      return;
    }
    this.#attach(link, link.source?.address, (address) => {
      const session = this.#session(link.session);
      if (address.node === "entity") {
        this.#addConsumer(link, this.#receivable(link, address.path), session);
      } else {
        this.#replyLinks.add(link, session);
        link.on("sender_flow", () => answerFlow(link.session));
      }
      link.set_source(link.source);
      describeAttach(link, {});
    });
  }

  /** Attaches a link, or refuses it: the attach is answered first and the link then closed. */
  #attach(
    link: Receiver | Sender,
    address: string | undefined,
    attach: (address: Address) => void,
  ): void {
    try {
      if (typeof address !== "string") {
        throw new BrokerError("not-supported", "Links without an address are not supported.");
      }
      attach(readAddress(address));
    } catch (error) {
      if (!(error instanceof BrokerError)) {
        failFast(error);
      }
      const { condition } = CONDITIONS[error.code];
      link.close({ condition, description: error.message });
    }
  }

  #transferHandler(link: Receiver, address: Address): (transfer: Transfer) => void {
    const { turn, key, maxMessageSizeBytes, faults } = this.#parts;
    switch (address.node) {
      case "cbs":
        return ({ payload, delivery }) => {
          const request = readRequest(payload);
          const { isAuthorized, reply } = putToken(request, key, Date.now());
          this.#isAuthorized ||= isAuthorized;
          settleTransfer(link, delivery, outcomeState("accepted"));
          this.#replyLinks.reply(link.session, request, reply);
        };
      case "coordinator":
        throw new BrokerError("not-supported", "Transactions are not supported.");
      case "management": {
        const entity = this.#entity(address.path);
        return ({ payload, delivery }) => {
          settleTransfer(link, delivery, outcomeState("accepted"));
          handleManagementRequest(entity, payload, link.session, this.#replyLinks, turn);
        };
      }
      case "entity": {
        const { kind, path, queue } = this.#entity(address.path);
        if (kind !== "queue" && kind !== "topic") {
          throw new BrokerError("not-allowed", `Messages cannot be sent to ${path}, a ${kind}.`);
        }
        return (transfer) =>
          receiveTransfer(link, transfer, queue, turn, maxMessageSizeBytes, faults);
      }
    }
  }

  #addConsumer(link: Sender, { queue }: Entity, session: DeliverySession): void {
    const { dispatcher, turn } = this.#parts;
    const consumer = new Consumer(link, session, queue, turn);
    this.#consumers.set(link, consumer);
    dispatcher.add(consumer);
    link.on("sender_flow", () => turn.serve(queue));
  }

  #receivable(link: Sender, path: string): Entity {
    const entity = this.#entity(path);
    if (entity.kind === "topic") {
      throw new BrokerError("not-allowed", `${path} is a topic: receive from a subscription.`);
    }
    if (Object.hasOwn(link.source.filter ?? {}, SESSION_FILTER)) {
      throw new BrokerError("not-supported", "Message sessions are not supported.");
    }
    return entity;
  }

  #entity(path: string): Entity {
    if (!this.#isAuthorized) {
      throw new BrokerError("unauthorized", "No valid token was put on this connection.");
    }
    const entity = this.#parts.entities.find(path);
    if (entity === undefined) {
      // The official client recognises a missing entity by this sentence.
      throw new BrokerError(
        "entity-not-found",
        `The messaging entity '${path}' could not be found.`,
      );
    }
    return entity;
  }

  #session(session: Session | undefined): DeliverySession {
    if (session === undefined) {
      throw new Error("a link without a session");
    }
    const known = this.#sessions.get(session) ?? new DeliverySession(session);
    this.#sessions.set(session, known);
    return known;
  }

  #forget(link: Sender | undefined): void {
    const consumer = link === undefined ? undefined : this.#consumers.get(link);
    if (link !== undefined) {
      this.#replyLinks.remove(link);
      this.#consumers.delete(link);
    }
    if (consumer !== undefined) {
      this.#parts.dispatcher.remove(consumer);
    }
  }

  #forgetSession(session: Session | undefined): void {
    const links = [...this.#consumers.keys()].filter((link) => link.session === session);
    for (const link of links) {
      this.#forget(link);
    }
    if (session !== undefined) {
      this.#sessions.delete(session);
    }
  }
}
