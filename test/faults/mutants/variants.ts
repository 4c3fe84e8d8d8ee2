import { randomUUID } from "node:crypto";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import type { OpenSlice } from "../../../shared/core/slice.ts";
import { addMs } from "../../../shared/core/time.ts";
import { isCode } from "../../../shared/errors.ts";
import type { Change, Ledger, Stored } from "../../../shared/pipeline/ports.ts";
import type { Rewiring, Variant } from "../simulation/simulation.ts";

/** Variants of the app, each broken in one way, by what its ports do. */

const DAY_MS = 24 * 60 * 60 * 1000;

/** The ledger with some of its methods replaced. */
function withLedger(change: (ledger: Ledger) => Partial<Ledger>): Rewiring {
  return () => (stage) => {
    const ledger = stage.ledger;
    return { ...stage, ledger: { ...methodsOf(ledger), ...change(ledger) } };
  };
}

function methodsOf(ledger: Ledger): Ledger {
  return {
    create: (change) => ledger.create(change),
    load: (requestId) => ledger.load(requestId),
    save: (change, version) => ledger.save(change, version),
    owed: (requestId) => ledger.owed(requestId),
    paid: (requestId, keys) => ledger.paid(requestId, keys),
    history: (requestId) => ledger.history(requestId),
  };
}

/** Nobody sees a lease, and writes and calls of a worker are taken whoever holds the slice by then. */
const noFencing: Rewiring = () => (stage) => {
  const { slices, intents, eraser } = stage;
  const free = (stored: Stored<OpenSlice>) => ({
    ...stored,
    value: { ...stored.value, leaseUntil: null },
  });
  const current = async (requestId: string, sliceId: string, version: string) =>
    (await slices.load(requestId, sliceId))?.version ?? version;
  return {
    ...stage,
    slices: new Proxy(slices, {
      get: (target, key) => {
        if (key === "open") {
          const open: typeof slices.open = async (...query) =>
            (await slices.open(...query)).map(free);
          return open;
        }
        if (key === "save") {
          const save: typeof slices.save = async (requestId, slice, version, owed) =>
            slices.save(requestId, slice, await current(requestId, slice.sliceId, version), owed);
          return save;
        }
        if (key === "settle") {
          const settle: typeof slices.settle = async (requestId, done, version) =>
            slices.settle(requestId, done, await current(requestId, done.sliceId, version));
          return settle;
        }
        return Reflect.get(target, key);
      },
    }),
    intents: new Proxy(intents, {
      get: (target, key) => {
        if (key !== "save") return Reflect.get(target, key);
        const save: typeof intents.save = async (requestId, intent, version) => {
          const stored = await intents.load(requestId, intent.key);
          return intents.save(requestId, intent, stored?.version ?? version);
        };
        return save;
      },
    }),
    eraser: new Proxy(eraser, {
      get: (target, key) => {
        if (key !== "erase") return Reflect.get(target, key);
        const erase: typeof eraser.erase = (workspace, asset, beforeCall) =>
          eraser.erase(workspace, asset, () => despite(beforeCall));
        return erase;
      },
    }),
  };
};

function despite(refusal: () => void): void {
  try {
    refusal();
  } catch {
    // Nobody listens to it.
  }
}

/** Whether a slice is the last is told by a counter that is kept beside the slices. */
const counterJoin: Rewiring = () => {
  const left = new Map<string, number>();
  const phaseOf = (requestId: string, id: string) => `${requestId} ${id.slice(0, 7)}`;
  const count = (key: string, by: number) => left.set(key, (left.get(key) ?? 0) + by);
  return (stage) => {
    const { slices } = stage;
    return {
      ...stage,
      slices: new Proxy(slices, {
        get: (target, key) => {
          if (key === "add") {
            const add: typeof slices.add = async (requestId, added) => {
              await slices.add(requestId, added);
              for (const { sliceId } of added) count(phaseOf(requestId, sliceId), 1);
            };
            return add;
          }
          if (key === "settle") {
            const settle: typeof slices.settle = async (requestId, done, version) => {
              await slices.settle(requestId, done, version);
              // The counter is a row of its own.
              await stage.controls.read();
              count(phaseOf(requestId, done.sliceId), -1);
            };
            return settle;
          }
          if (key === "open") {
            const open: typeof slices.open = async (requestId, prefix, after, limit) => {
              if (limit > 1) return slices.open(requestId, prefix, after, limit);
              const isOpen = (left.get(phaseOf(requestId, prefix)) ?? 0) !== 0;
              const [any] = await slices.open(requestId, "", "", 1);
              return isOpen ? [any ?? (STANDS_FOR_ONE as never)] : [];
            };
            return open;
          }
          return Reflect.get(target, key);
        },
      }),
    };
  };
};
const STANDS_FOR_ONE = {};

/** What a change owes goes out before it is stored. */
const sendBeforeCommit: Rewiring = () => (stage) => {
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
const blindRetry = withLedger((ledger) => ({
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
const randomIds: Rewiring = () => (stage) => ({
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

/** A plan counts as approved as soon as it is there. */
const approvalNotChecked = withLedger((ledger) => ({
  save: (change, version) => {
    const { request } = change;
    if (request.state !== "awaiting-approval") return ledger.save(change, version);
    const planHash = request.plan?.planHash ?? "";
    const attempt = request.attempt + 1;
    const { requestId, updatedAt: at, historyCount } = request;
    const approvals = ["x", "y"].map((approver) => ({ approver, at, planHash }));
    const message = { requestId, step: "start", slice: "", attempt } as const;
    const key = change.owed?.key ?? `${historyCount}-approved`;
    const send = [...(change.owed?.send ?? []), { message, notBefore: null }];
    const events = change.owed?.events ?? [];
    const approved: PrivacyRequest = { ...request, state: "scheduled", approvals, attempt };
    return ledger.save({ ...change, request: approved, owed: { key, send, events } }, version);
  },
}));

/** Nobody looks whether what the service says is true. */
const verificationSkipped: Rewiring = () => (stage) => ({
  ...stage,
  eraser: new Proxy(stage.eraser, {
    get: (target, key) => (key === "remaining" ? async () => [] : Reflect.get(target, key)),
  }),
});

/** Workers do not see that a request is held. */
const holdNotRead: Rewiring = () => (stage, task) => {
  if (!/-(start|delete|verify)-/.test(task.name)) return stage;
  const { ledger } = stage;
  const load = async (requestId: string) => changed(await ledger.load(requestId), { hold: "none" });
  return { ...stage, ledger: { ...methodsOf(ledger), load } };
};

/** A deletion does not wait for the export that was asked for first. */
const sealNotAwaited: Rewiring = () => {
  const exportFirst = new Set<string>();
  return (stage) => {
    const { ledger } = stage;
    const asAsked = (change: Change): Change => ({
      ...change,
      request: { ...change.request, exportFirst: exportFirst.has(change.request.requestId) },
    });
    return {
      ...stage,
      ledger: {
        ...methodsOf(ledger),
        load: async (requestId) => {
          const stored = await ledger.load(requestId);
          if (stored?.value.exportFirst === true) exportFirst.add(requestId);
          return changed(stored, { exportFirst: false });
        },
        save: (change, version) => ledger.save(asAsked(change), version),
      },
    };
  };
};

/** What is due within two days is purged today. */
const purgeBeforeItsTime: Rewiring = () => (stage) => {
  const { purgeIndex } = stage;
  return {
    ...stage,
    purgeIndex: {
      add: (due) => purgeIndex.add(due),
      remove: (due) => purgeIndex.remove(due),
      until: (at, limit, after) => purgeIndex.until(addMs(at, 2 * DAY_MS), limit, after),
    },
  };
};

/** What is owed is forgotten when it is read, and then sent. */
const forgetsBeforeSending = withLedger((ledger) => ({
  owed: async (requestId) => {
    const owed = await ledger.owed(requestId);
    await ledger.paid(
      requestId,
      owed.map(({ key }) => key),
    );
    return owed;
  },
}));

function changed(
  stored: Stored<PrivacyRequest> | null,
  by: Partial<PrivacyRequest>,
): Stored<PrivacyRequest> | null {
  return stored === null ? null : { ...stored, value: { ...stored.value, ...by } };
}

/** All of them, by name. */
export const VARIANTS: Readonly<Record<string, Variant>> = {
  "no-fencing": { rewire: noFencing },
  "counter-join": { rewire: counterJoin },
  "send-before-commit": { rewire: sendBeforeCommit },
  "blind-retry": { rewire: blindRetry },
  "random-ids": { rewire: randomIds },
  "no-if-none-match": { overwrites: true },
  "approval-not-checked": { rewire: approvalNotChecked },
  "verification-skipped": { rewire: verificationSkipped },
  "hold-not-read": { rewire: holdNotRead },
  "seal-not-awaited": { rewire: sealNotAwaited },
  "purge-before-its-time": { rewire: purgeBeforeItsTime },
  "forgets-before-sending": { rewire: forgetsBeforeSending },
};
