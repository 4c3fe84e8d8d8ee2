import rhea, {
  type Delivery,
  type link as Link,
  type Sender,
  type Session,
  type Typed,
} from "rhea";
import frames, { type Performative } from "rhea/lib/frames.js";

/*
 * A broker needs what rhea keeps to itself: dispositions one by one, the bytes of a message, the
 * answer to a drain. Everything private that is touched is named in this file and, of connections, in
 * rhea-connection.ts; rhea is pinned to one version, and contract tests hold its inner workings in
 * place.
 */

type Slot = Delivery & { settled: boolean; remote_settled: boolean };

type InternalSession = {
  readonly connection: { _register(): void };
  readonly incoming: { readonly next_transfer_id: number; readonly window: number };
  readonly outgoing: {
    readonly deliveries: { pop_if(condition: (slot: Slot) => boolean): number };
    readonly next_delivery_id: number;
    readonly next_pending_delivery: number;
    readonly next_transfer_id: number;
    readonly window: number;
    available(): number;
    process(): void;
  };
  on_attach(frame: { readonly performative: { target: Typed | null | undefined } }): void;
  on_transfer(frame: {
    readonly performative: { message_format: number | null | undefined };
  }): void;
  on_disposition(frame: { readonly performative: Disposition & { readonly role: boolean } }): void;
  output(performative: Performative): void;
  _write_flow(): void;
};

type InternalSender = {
  readonly local: { readonly handle: number };
  credit: number;
  delivery_count: number;
  _draining: boolean;
};

type InternalLink = {
  readonly local: {
    readonly attach: {
      snd_settle_mode: number;
      rcv_settle_mode: number;
      max_message_size: number;
    };
  };
};

/** What a receiver says about the deliveries `first` to `last`; `last` may be missing. */
export type Disposition = {
  readonly first: number;
  readonly last: number | null | undefined;
  readonly settled: boolean;
  readonly state: Typed | undefined;
};

/**
 * A message-format that means nothing to rhea, which decodes format 0 by itself. Decoding and
 * encoding again would change the types of numbers, so every message is taken as bytes.
 */
const RAW_FORMAT = 0x52415700;

/** Makes the session hand over the bytes of messages; `delivery.format` is 0 no more. */
export function receiveBytes(session: Session): void {
  const internal = internalSession(session);
  const onTransfer = internal.on_transfer.bind(internal);
  internal.on_transfer = (frame) => {
    frame.performative.message_format ||= RAW_FORMAT;
    onTransfer(frame);
  };
}

/**
 * Takes over the dispositions of the peer's receivers. rhea would merge the states of neighbours
 * when they are answered, and would never free their slots.
 */
export function takeDispositions(session: Session, handle: (what: Disposition) => void): void {
  const internal = internalSession(session);
  const onDisposition = internal.on_disposition.bind(internal);
  internal.on_disposition = (frame) => {
    if (frame.performative.role) {
      handle(frame.performative);
    } else {
      onDisposition(frame);
    }
  };
}

/**
 * Settles one delivery; `role` is the end of the link that this side is. A peer that ended the
 * session meanwhile does not hear of it.
 */
export function writeDisposition(
  session: Session,
  role: "sender" | "receiver",
  id: number,
  state: Typed,
): void {
  if (session.is_open()) {
    const fields = { role: role === "receiver", first: id, last: id, settled: true, state };
    internalSession(session).output(frames.disposition(fields));
  }
}

/** Frees the slot of a received delivery that is settled, which reopens the session's window. */
export function freeReceived(session: Session, delivery: Delivery): void {
  (delivery as Slot).settled = true;
  internalSession(session).connection._register();
}

/** Writes the queued transfers that credit and window allow; returns how many still wait. */
export function flushTransfers(session: Session): number {
  const { outgoing } = internalSession(session);
  outgoing.process();
  return outgoing.next_delivery_id - outgoing.next_pending_delivery;
}

/** Frees the slots of transfers that were written: the caller keeps what is unsettled. */
export function freeSent(session: Session): void {
  const { outgoing } = internalSession(session);
  outgoing.deliveries.pop_if((slot) => slot.id < outgoing.next_pending_delivery);
}

/** How many more transfers the session can queue. */
export function freeSlots(session: Session): number {
  return internalSession(session).outgoing.available();
}

/** The credit of a link, not counting transfers that are queued. */
export function creditOf(sender: Sender): number {
  return internalSender(sender).credit;
}

/** Whether the receiver asked for its credit back and has no answer yet. */
export function isDraining(sender: Sender): boolean {
  return internalSender(sender)._draining;
}

/** Gives the credit that is left back to a receiver that asked for a drain. */
export function answerDrain(sender: Sender): void {
  const internal = internalSender(sender);
  const session = internalSession(sender.session);
  const { incoming, outgoing } = session;
  internal.delivery_count += internal.credit;
  internal.credit = 0;
  internal._draining = false;
  const flow = frames.flow({
    next_incoming_id: incoming.next_transfer_id >>> 0,
    incoming_window: incoming.window,
    next_outgoing_id: outgoing.next_transfer_id >>> 0,
    outgoing_window: outgoing.window,
    handle: internal.local.handle,
    delivery_count: internal.delivery_count,
    link_credit: 0,
    drain: true,
  });
  session.output(flow);
}

/**
 * Answers a flow that grants credit with one of the session. The client leaves Nagle's algorithm on:
 * without an answer its next small write would wait some 40 ms for a delayed acknowledgement.
 */
export function answerFlow(session: Session): void {
  internalSession(session)._write_flow();
}

/** Sets what the attach of this side will say; to be called before it is written. */
export function describeAttach(
  link: Link,
  fields: { readonly maxMessageSizeBytes?: number | undefined },
): void {
  const { attach } = (link as unknown as InternalLink).local;
  attach.snd_settle_mode = link.snd_settle_mode;
  attach.rcv_settle_mode = link.rcv_settle_mode;
  if (fields.maxMessageSizeBytes !== undefined) {
    attach.max_message_size = fields.maxMessageSizeBytes;
  }
}

/** The address that stands for the coordinator of transactions, which has none of its own. */
export const COORDINATOR_ADDRESS = "$coordinator";

/** AMQP 1.0, part 4, section 4.5.1. rhea does not know this target and would print a warning. */
const COORDINATOR = 0x30;

/** Gives links to the coordinator of transactions an address, so that they can be told apart. */
export function nameCoordinator(session: Session): void {
  const internal = internalSession(session);
  const onAttach = internal.on_attach.bind(internal);
  internal.on_attach = (frame) => {
    if (Number(frame.performative.target?.descriptor?.value) === COORDINATOR) {
      const target = rhea.types.wrap_list([rhea.types.wrap_string(COORDINATOR_ADDRESS)]);
      frame.performative.target = rhea.types.described(rhea.types.wrap_ulong(0x29), target);
    }
    onAttach(frame);
  };
}

function internalSession(session: Session): InternalSession {
  return session as unknown as InternalSession;
}

function internalSender(sender: Sender): InternalSender {
  return sender as unknown as InternalSender;
}
