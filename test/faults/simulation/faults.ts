import { AppError, type ErrorCode } from "../../../shared/errors.ts";

/** What can go wrong at a point. */

/**
 * What a call of a port comes to. `refused`: nothing happened; `answer-lost`: it happened, and the caller is told that
 * it failed; `conflict`: somebody else writes the row first; `own-conflict`: the client tried again by itself, and met
 * its own first write; `cut`: a stream ends early.
 */
const VERDICTS = ["refused", "answer-lost", "conflict", "own-conflict", "cut"] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * What happens to a whole process or to all: a kill, a task or a process that stands still, a clock that jumps, a lock
 * of a message that ends early.
 */
export type Disaster = "kill" | "stall" | "pause" | "jump" | "lock-lost";
export type Fault = Verdict | Disaster;

/** Whether a fault is one of the very call that it comes at. */
export function isVerdict(fault: Fault | null): fault is Verdict {
  return VERDICTS.some((verdict) => verdict === fault);
}

/** Writes with a version (ETag): the real adapter answers 412 as `store-conflict`. */
const VERSIONED = new Set([
  "ledger.save",
  "slices.save",
  "slices.settle",
  "intents.save",
  "claims.save",
]);
/** Inserts: a second one is answered by `exists`. */
const INSERTS = new Set([
  "ledger.create",
  "intents.add",
  "packages.put",
  "packages.commit",
  "receipts.put",
]);
const SOURCES = new Set(["directory", "provider", "eraser"]);
const BUSES = new Set(["bus", "post", "deadLetters"]);

const DISASTERS = ["kill", "kill", "stall", "stall", "pause", "jump", "lock-lost"] as const;

/** The faults that can come at that point; those of the whole process at any. */
export function faultsAt(point: string): readonly [Fault, ...Fault[]] {
  const faults: [Fault, ...Fault[]] = [...DISASTERS];
  if (point.endsWith(".next")) return [...faults, "cut", "cut"];
  faults.push("refused", "refused", "answer-lost", "answer-lost");
  if (VERSIONED.has(point)) faults.push("conflict", "own-conflict");
  if (INSERTS.has(point)) faults.push("own-conflict");
  return faults;
}

/** What a call at that point throws when it does not come through, as the real adapter would. */
export function failureAt(point: string): AppError {
  const port = point.slice(0, point.indexOf("."));
  const wait = SOURCES.has(port) ? { retryAfterMs: 2_000 } : {};
  return new AppError(codeOf(port, point), `${point} failed`, wait);
}

function codeOf(port: string, point: string): ErrorCode {
  if (point === "provider.body.next") return "source-truncated";
  if (SOURCES.has(port)) return point.length % 2 === 0 ? "source-unavailable" : "source-throttled";
  return BUSES.has(port) ? "bus-unavailable" : "store-unavailable";
}
