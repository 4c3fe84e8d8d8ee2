import type { Sender, Session, Typed } from "rhea";
import { BrokerError } from "../model/broker-error.ts";
import { failFast } from "./fail-fast.ts";
import { type Outcome, outcomeState, readOutcome, refusedState } from "./outcome.ts";
import {
  type Disposition,
  flushTransfers,
  freeSent,
  freeSlots,
  nameCoordinator,
  receiveBytes,
  takeDispositions,
  writeDisposition,
} from "./rhea-internals.ts";

/**
 * Applies an outcome to a delivery and calls `settled` when that is durable. Throws a `BrokerError`
 * to refuse.
 */
export type Settle = (outcome: Outcome, settled: () => void) => void;

/** Refuses a decision about a delivery that is settled already or was made on another session. */
const settleUnknown: Settle = () => {
  throw new BrokerError("message-lock-lost", "The delivery is not known on this session.");
};

/** The deliveries of one AMQP session to its receivers, until they are settled. */
export class DeliverySession {
  readonly #session: Session;
  readonly #unsettled = new Map<number, Settle>();
  #waitingCount = 0;

  constructor(session: Session) {
    this.#session = session;
    receiveBytes(session);
    nameCoordinator(session);
    takeDispositions(session, (disposition) => this.#onDisposition(disposition));
  }

  /** How many transfers wait for the peer to open its window. */
  get waitingCount(): number {
    return this.#waitingCount;
  }

  /** How many more transfers can be sent now. */
  get freeSlots(): number {
    return freeSlots(this.#session);
  }

  /** Sends a message unless the link closed; without `settle` it is settled as it leaves. */
  send(link: Sender, payload: Buffer, tag: Buffer, settle?: Settle): void {
    if (!link.is_open()) {
      return;
    }
    const delivery = link.send(payload, tag, 0);
    if (settle === undefined) {
      Object.assign(delivery, { settled: true });
    } else {
      this.#unsettled.set(delivery.id, settle);
    }
    this.flush();
  }

  /** Writes what credit and window allow. */
  flush(): void {
    this.#waitingCount = flushTransfers(this.#session);
    freeSent(this.#session);
  }

  #onDisposition({ first, last, settled, state }: Disposition): void {
    for (let id = first; id <= (last ?? first); id += 1) {
      this.#settle(id, settled, state);
    }
  }

  /** A receiver that settles by itself gets no answer. */
  #settle(id: number, isSettled: boolean, state: Typed | undefined): void {
    const settle = this.#unsettled.get(id) ?? settleUnknown;
    const answer = (answerState: Typed): void => {
      this.#unsettled.delete(id);
      if (!isSettled) {
        writeDisposition(this.#session, "sender", id, answerState);
      }
    };
    try {
      const outcome = readOutcome(state);
      settle(outcome, () => answer(outcomeState(outcome.kind)));
    } catch (error) {
      if (!(error instanceof BrokerError)) {
        failFast(error);
      }
      answer(refusedState(error));
    }
  }
}
