import rhea, { type Sender, type Session } from "rhea";
import type { DeliverySession } from "./delivery-session.ts";

/** A request that a client sent to `$cbs` or to the `$management` node of an entity. */
export type Request = {
  readonly messageId: unknown;
  readonly replyTo: unknown;
  readonly operation: unknown;
  readonly body: unknown;
};

/** What a request is answered with. */
export type Reply = {
  /** Application properties. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** An AMQP value. */
  readonly body?: unknown;
};

type ReplyLink = { readonly link: Sender; readonly session: DeliverySession };

/** Reads a request; fields that are missing are undefined. */
export function readRequest(payload: Buffer): Request {
  const message = rhea.message.decode(payload);
  const properties: unknown = message["application_properties"];
  return {
    messageId: message["message_id"],
    replyTo: message["reply_to"],
    operation: (properties as { operation?: unknown } | undefined)?.operation,
    body: message["body"],
  };
}

/**
 * The links of one connection that take replies. A request names one of them by the address of its
 * target or, when it has none, by its name.
 */
export class ReplyLinks {
  readonly #links: ReplyLink[] = [];

  add(link: Sender, session: DeliverySession): void {
    this.#links.push({ link, session });
  }

  remove(link: Sender): void {
    const index = this.#links.findIndex((each) => each.link === link);
    if (index !== -1) {
      this.#links.splice(index, 1);
    }
  }

  /** Answers a request that came in on a session; a request nobody waits for gets no answer. */
  reply(session: Session, request: Request, { properties, body }: Reply): void {
    const named = this.#links.filter(
      ({ link }) => link.target?.address === request.replyTo || link.name === request.replyTo,
    );
    const found = named.find(({ link }) => link.session === session) ?? named[0];
    if (found === undefined) {
      return;
    }
    const message = {
      correlation_id: request.messageId,
      application_properties: properties,
      body,
    };
    found.session.send(found.link, rhea.message.encode(message), Buffer.from([0]));
  }
}
