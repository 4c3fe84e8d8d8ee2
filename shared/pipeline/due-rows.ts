import { owesReceipt } from "../core/receipt-step.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import { owesZip } from "../core/zip-step.ts";
import type { Clock, Due, DueIndex } from "./ports.ts";
import type { Stage } from "./stage.ts";

/** The rows of a request in the due indexes: one per index and instant that the request names. */

type Indexes = Pick<Stage, "dueIndex" | "purgeIndex" | "deadlineIndex">;

const INSTANTS = {
  dueIndex: "lookAt",
  purgeIndex: "tidyAt",
  deadlineIndex: "warnAt",
} as const satisfies Record<keyof Indexes, keyof PrivacyRequest>;
const NAMES = ["dueIndex", "purgeIndex", "deadlineIndex"] as const;

/**
 * When the reconciler looks again at a request of which nothing is left to be sent: soon, or, where it only waits for
 * its `wakeAt`, after that. Who has a receipt or a zip to make does not only wait. A change is always looked at soon:
 * what it, or one before it, owes may not have been sent, however far the wait goes.
 */
export function nextLookAt(
  request: PrivacyRequest,
  { at, lookAfterMs }: { at: string; lookAfterMs: number },
): string {
  const { wakeAt, state, hold } = request;
  const isAtWork = owesReceipt(request) || owesZip(request) || hold === "holding";
  const onlyWaits = wakeAt !== null && wakeAt > at && state !== "running" && !isAtWork;
  return addMs(onlyWaits ? wakeAt : at, lookAfterMs);
}

/** Adds the rows that a change needs, before it is made: after a crash in between one is too many, never too few. */
export async function addDueRows(
  indexes: Indexes,
  before: PrivacyRequest | null,
  after: PrivacyRequest,
): Promise<void> {
  const { requestId } = after;
  await Promise.all(
    NAMES.map(async (name) => {
      const lookAt = after[INSTANTS[name]];
      if (lookAt === null || lookAt === before?.[INSTANTS[name]]) return;
      await indexes[name].add({ lookAt, requestId });
    }),
  );
}

/** Removes the rows that nothing needs after a change that was made. */
export async function removeDueRows(
  indexes: Indexes,
  before: PrivacyRequest | null,
  after: PrivacyRequest,
): Promise<void> {
  const { requestId } = after;
  await Promise.all(
    NAMES.map(async (name) => {
      const lookAt = before?.[INSTANTS[name]] ?? null;
      if (lookAt === null || lookAt === after[INSTANTS[name]]) return;
      await indexes[name].remove({ lookAt, requestId });
    }),
  );
}

/** Longer than any call can take between adding a due row and the change that needs it. */
const ORPHAN_MS = 60 * 60 * 1000;

/**
 * A row that is not the request's own was left by a crash, or belongs to a change that is being made right
 * now. Only an old one is surely the first, and is removed.
 */
export async function removeOrphan(index: DueIndex, clock: Clock, due: Due): Promise<void> {
  if (addMs(due.lookAt, ORPHAN_MS) <= clock.now()) await index.remove(due);
}
