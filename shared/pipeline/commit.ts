import { createHash } from "node:crypto";
import type { Command } from "../core/command.ts";
import { accept, type Decision, decide, type Submission } from "../core/decide.ts";
import type { Note, PrivacyRequest } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import { AppError, isCode } from "../errors.ts";
import { addDueRows, removeDueRows } from "./due-rows.ts";
import type { Change, HistoryEntry } from "./ports.ts";
import { relay } from "./relay.ts";
import type { Stage } from "./stage.ts";

/** The one way a request changes: load, decide, save, then send. */

export type CommitStage = Pick<
  Stage,
  | "ledger"
  | "dueIndex"
  | "purgeIndex"
  | "deadlineIndex"
  | "list"
  | "bus"
  | "clock"
  | "telemetry"
  | "pace"
  | "statutory"
>;

/** A conflict means that somebody else moved on; so many in a row mean that something is wrong. */
const MAX_CONFLICTS = 50;

/**
 * Stores a new request and what it owes, then sends; `actor` enters the history. `"exists"` when the id is taken; nothing is changed
 * then. When this returns the request cannot be lost, even if nothing could be sent.
 */
export async function create(
  stage: CommitStage,
  submission: Submission,
  actor = submission.submitter,
): Promise<{ outcome: "created" | "exists"; request: PrivacyRequest }> {
  const at = stage.clock.now();
  const made = { command: "accept", from: "", actor, note: null };
  const change = changeOf(stage, accept(submission, at, stage.statutory.calendar), made, at);
  await addDueRows(stage, null, change.request);
  const outcome = await stage.ledger.create(change);
  if (outcome === "created") await afterSave(stage, null, change, "accept");
  return { outcome, request: change.request };
}

/**
 * Applies a command to a request and returns the request as it is then; a duplicate changes nothing.
 * `actor` enters the history: an opaque id, never a name. Throws `not-found`, what `decide` throws, and
 * `store-conflict` when others keep changing the request.
 */
export async function commit(
  stage: CommitStage,
  requestId: string,
  command: Command,
  actor = "system",
): Promise<PrivacyRequest> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const stored = await stage.ledger.load(requestId);
    if (stored === null) throw new AppError("not-found", `There is no request ${requestId}`);
    const at = stage.clock.now();
    const decision = decide(stored.value, command, at);
    if (decision.request === stored.value) return stored.value;
    const { kind, note } = { note: undefined, ...command };
    const made = { command: kind, from: stored.value.state, actor, note: digestOf(note) };
    const change = changeOf(stage, decision, made, at);
    await addDueRows(stage, stored.value, change.request);
    try {
      await stage.ledger.save(change, stored.version);
    } catch (error) {
      if (isCode(error, "store-conflict")) continue;
      throw error;
    }
    await afterSave(stage, stored.value, change, command.kind);
    return change.request;
  }
  throw new AppError("store-conflict", `Request ${requestId} is changed too often to take part`);
}

/** Whose command made a change, in which state; `note` is the digest of what they wrote. */
type Made = Pick<HistoryEntry, "command" | "from" | "actor" | "note">;

/** What a person wrote enters the history as a digest that tells nothing once text and salt are gone. */
function digestOf(note: Note | undefined): string | null {
  if (note === undefined) return null;
  return createHash("sha256").update(`${note.salt}${note.text}`).digest("hex");
}

function changeOf(stage: CommitStage, decision: Decision, made: Made, at: string): Change {
  const decided = decision.request;
  const number = decided.historyCount + 1;
  const fields = { number, at, to: decided.state, ...made };
  const entry = chain(fields, decided.auditHead);
  const owes = decision.send.length + decision.events.length > 0;
  return {
    request: {
      ...decided,
      historyCount: number,
      auditHead: entry.hash,
      lookAt: addMs(at, stage.pace.lookAfterMs),
    },
    history: [entry],
    owed: owes
      ? { key: String(number).padStart(6, "0"), send: decision.send, events: decision.events }
      : null,
  };
}

function chain(
  fields: Omit<HistoryEntry, "previousHash" | "hash">,
  previousHash: string,
): HistoryEntry {
  const text = JSON.stringify([
    previousHash,
    fields.number,
    fields.at,
    fields.command,
    fields.from,
    fields.to,
    fields.actor,
    fields.note,
  ]);
  return { ...fields, previousHash, hash: createHash("sha256").update(text).digest("hex") };
}

async function afterSave(
  stage: CommitStage,
  before: PrivacyRequest | null,
  { request: after, owed }: Change,
  command: string,
): Promise<void> {
  const { requestId } = after;
  if (before?.state !== after.state) {
    stage.telemetry.stateChanged({
      requestId,
      from: before?.state ?? "",
      to: after.state,
      command,
    });
  }
  try {
    if (before?.state !== after.state || before.erasedAt !== after.erasedAt) {
      await stage.list.put(after);
    }
    await relay(stage, after, before === null && owed !== null ? [owed] : undefined);
    await removeDueRows(stage, before, after);
  } catch (error) {
    // The change is stored and its index row stands, so the reconciler does all of this again. The caller
    // has to hear that the change was made.
    if (!(error instanceof AppError && error.isRetryable)) throw error;
    stage.telemetry.sendDeferred({ requestId, code: error.code });
  }
}
