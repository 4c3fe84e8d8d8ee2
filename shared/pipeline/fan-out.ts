import { slicePrefix } from "../core/slice.ts";
import { commit } from "./commit.ts";
import { passGate } from "./gate.ts";
import { settleIfLast } from "./settle-phase.ts";
import type { Stage } from "./stage.ts";

/** Sends the slices of a phase, a stretch at a time, so that it can stop and go on anywhere. */

/** One outbox row holds the messages of one stretch and has to stay within a table entity. */
const STRETCH = 200;

/**
 * Begins an approved deletion once it has passed the gate; then, as for an export, sends the next stretch of the
 * running phase after the request's cursor and moves the cursor. A phase with no open slice is settled.
 */
export async function fanOut(stage: Stage, requestId: string): Promise<void> {
  const request = (await stage.ledger.load(requestId))?.value;
  if (request?.state === "scheduled" && !(await passGate(stage, request))) return;
  if (request?.state !== "running" && request?.state !== "scheduled") return;
  const { generation, phase, cursor } = request;
  const prefix = slicePrefix(generation, phase);
  const open = await stage.slices.open(requestId, prefix, cursor, STRETCH + 1);
  const stretch = open.slice(0, STRETCH).map(({ value: { sliceId, attempt } }) => ({
    sliceId,
    attempt,
  }));
  const last = stretch.at(-1);
  if (last !== undefined || request.state === "scheduled") {
    await commit(stage, requestId, {
      kind: "start",
      phase,
      from: cursor,
      to: last?.sliceId ?? cursor,
      slices: stretch,
      isLast: open.length <= STRETCH,
    });
  }
  if (last === undefined) await settleIfLast(stage, requestId, generation, phase);
}
