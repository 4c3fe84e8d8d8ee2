import { csvOf } from "./csv.ts";
import { isFinal, type PrivacyRequest } from "./request.ts";
import { msBetween } from "./time.ts";
import type { Register } from "./wire.ts";

/** The register: how many requests there were, how they ended, and how long they took. It names nobody. */

/** What the register needs of a request. */
export type RegisterLine = Pick<
  PrivacyRequest,
  "kind" | "law" | "state" | "submittedAt" | "finishedAt" | "dueAt"
>;

const DAY_MS = 86_400_000;
/** Days are kept to a hundredth, so that memory does not grow with the number of requests. */
const PARTS = 100;

type Group = {
  readonly of: Pick<Register["groups"][number], "law" | "kind" | "outcome">;
  count: number;
  late: number;
  sumMs: number;
  /** How many took so many hundredths of a day. */
  readonly took: Map<number, number>;
};

/** Counts requests one by one. */
export class RegisterCounter {
  readonly #groups = new Map<string, Group>();

  /** Counts a request as it stands at `now`. */
  add(line: RegisterLine, now: string): void {
    const outcome = isFinal(line.state) ? line.state : "open";
    const of = { law: line.law, kind: line.kind, outcome };
    const key = Object.values(of).join(" ");
    const group = this.#groups.get(key) ?? { of, count: 0, late: 0, sumMs: 0, took: new Map() };
    this.#groups.set(key, group);
    group.count += 1;
    if ((line.finishedAt ?? now) > line.dueAt) group.late += 1;
    if (line.finishedAt === null) return;
    const tookMs = msBetween(line.submittedAt, line.finishedAt);
    const parts = Math.round((tookMs / DAY_MS) * PARTS);
    group.sumMs += tookMs;
    group.took.set(parts, (group.took.get(parts) ?? 0) + 1);
  }

  /** The groups, by law, kind and outcome. */
  groups(): Register["groups"] {
    const sorted = [...this.#groups].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([, { of, count, late, sumMs, took }]) => ({
      ...of,
      count,
      late,
      medianDays: medianOf(took),
      meanDays: took.size === 0 ? null : Math.round((sumMs / count / DAY_MS) * PARTS) / PARTS,
    }));
  }
}

function medianOf(took: ReadonlyMap<number, number>): number | null {
  const sorted = [...took].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, times]) => sum + times, 0);
  if (total === 0) return null;
  const at = (place: number): number => {
    let seen = 0;
    for (const [parts, times] of sorted) {
      seen += times;
      if (seen > place) return parts / PARTS;
    }
    return 0;
  };
  return (at(Math.floor((total - 1) / 2)) + at(Math.floor(total / 2))) / 2;
}

const COLUMNS = ["law", "kind", "outcome", "count", "late", "median days", "mean days"] as const;

/** The register as CSV. */
export function registerCsv({ groups }: Register): string {
  const rows = groups.map((group) => [
    group.law,
    group.kind,
    group.outcome,
    String(group.count),
    String(group.late),
    String(group.medianDays ?? ""),
    String(group.meanDays ?? ""),
  ]);
  return csvOf([COLUMNS, ...rows]);
}
