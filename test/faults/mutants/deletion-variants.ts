import type { PrivacyRequest } from "../../../shared/core/request.ts";
import { addMs } from "../../../shared/core/time.ts";
import type { Change, Stored } from "../../../shared/pipeline/ports.ts";
import type { Rewiring } from "../simulation/variant.ts";
import { methodsOf, withLedger } from "./with-ledger.ts";

/** Variants that are wrong about what may be removed, and when, and whether it is gone. */

const DAY_MS = 24 * 60 * 60 * 1000;

/** A plan counts as approved as soon as it is there. */
export const approvalNotChecked = withLedger((ledger) => ({
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
export const verificationSkipped: Rewiring = () => (stage) => ({
  ...stage,
  eraser: new Proxy(stage.eraser, {
    get: (target, key) => (key === "remaining" ? async () => [] : Reflect.get(target, key)),
  }),
});

/** Workers do not see that a request is held. */
export const holdNotRead: Rewiring = () => (stage, task) => {
  if (!/-(start|delete|verify)-/.test(task.name)) return stage;
  const { ledger } = stage;
  const load = async (requestId: string) => changed(await ledger.load(requestId), { hold: "none" });
  return { ...stage, ledger: { ...methodsOf(ledger), load } };
};

/** A deletion does not wait for the export that was asked for first. */
export const sealNotAwaited: Rewiring = () => {
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
export const purgeBeforeItsTime: Rewiring = () => (stage) => {
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

function changed(
  stored: Stored<PrivacyRequest> | null,
  by: Partial<PrivacyRequest>,
): Stored<PrivacyRequest> | null {
  return stored === null ? null : { ...stored, value: { ...stored.value, ...by } };
}
