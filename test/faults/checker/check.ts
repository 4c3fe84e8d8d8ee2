import type { Evidence } from "./evidence.ts";
import { COUNTS, type Count, type Finding } from "./finding.ts";
import { unexplainedDeadLetters } from "./rules/dead-letters.ts";
import { claimedAndThere, doubleDeleted, goneAndUntold } from "./rules/deletions.ts";
import { deletedUnapproved, vanished } from "./rules/deletions-approved.ts";
import { deletedWithoutSealedExport } from "./rules/deletions-sealed.ts";
import { wrongEnds } from "./rules/ends.ts";
import { missingEvents } from "./rules/events.ts";
import { corruptPackages } from "./rules/packages.ts";
import { earlyPurges } from "./rules/purges.ts";
import { corruptReceipts } from "./rules/receipts.ts";
import { lostSubmissions } from "./rules/submissions.ts";

/** How often each thing that must never happen did, and every case in words. */
export type Verdict = Readonly<Record<Count, number>> & { readonly findings: readonly Finding[] };

const RULES: readonly ((evidence: Evidence) => readonly Finding[])[] = [
  lostSubmissions,
  wrongEnds,
  claimedAndThere,
  goneAndUntold,
  doubleDeleted,
  deletedUnapproved,
  vanished,
  deletedWithoutSealedExport,
  corruptPackages,
  corruptReceipts,
  earlyPurges,
  missingEvents,
  unexplainedDeadLetters,
];

/**
 * Judges a run by evidence alone; it knows nothing of the app. The same evidence gives the same verdict, and all counts
 * are 0 when every promise was kept.
 */
export function check(evidence: Evidence): Verdict {
  const findings = RULES.flatMap((rule) => rule(evidence));
  const counted = COUNTS.map((count) => [
    count,
    findings.filter((finding) => finding.count === count).length,
  ]);
  return { ...(Object.fromEntries(counted) as Record<Count, number>), findings };
}
