import { randomUUID } from "node:crypto";
import { isCode } from "../../../shared/errors.ts";
import type { Change } from "../../../shared/pipeline/ports.ts";
import type { Rewiring } from "../simulation/variant.ts";
import { methodsOf, withLedger } from "./with-ledger.ts";

/** Variants that are wrong about changes, and about the messages and events that these owe. */

/** What a change owes goes out before it is stored. */
export const sendBeforeCommit: Rewiring = () => (stage) => {
  const { ledger, bus } = stage;
  const sent = async ({ owed, ...change }: Change): Promise<Change> => {
    if (owed !== null && owed.send.length > 0) await bus.send(owed.send);
    if (owed !== null && owed.events.length > 0) await bus.publish(owed.events);
    return { ...change, owed: null };
  };
  return {
    ...stage,
    ledger: {
      ...methodsOf(ledger),
      create: async (change) => ledger.create(await sent(change)),
      save: async (change, version) => ledger.save(await sent(change), version),
    },
  };
};

/** On a conflict the same change is written again, over whatever it met. */
export const blindRetry = withLedger((ledger) => ({
  save: async (change, version) => {
    try {
      await ledger.save(change, version);
    } catch (error) {
      if (!isCode(error, "store-conflict")) throw error;
      const stored = await ledger.load(change.request.requestId);
      if (stored === null) throw error;
      await ledger.save(change, stored.version);
    }
  },
}));

/** Every copy of an event has an id of its own. */
export const randomIds: Rewiring = () => (stage) => ({
  ...stage,
  bus: {
    send: (outgoing, trace) => stage.bus.send(outgoing, trace),
    publish: (events, trace) =>
      stage.bus.publish(
        events.map((event) => ({ ...event, id: randomUUID() })),
        trace,
      ),
  },
});

/** What is owed is forgotten when it is read, and then sent. */
export const forgetsBeforeSending = withLedger((ledger) => ({
  owed: async (requestId) => {
    const owed = await ledger.owed(requestId);
    await ledger.paid(
      requestId,
      owed.map(({ key }) => key),
    );
    return owed;
  },
}));
