import type { Evidence, FinalRequest, Submission } from "../evidence.ts";
import type { Finding } from "../finding.ts";

const FINAL: ReadonlySet<string> = new Set([
  "completed",
  "completed-with-exceptions",
  "failed",
  "cancelled",
  "refused",
]);

/**
 * Every request has ended, in a state in which it may end, with all that was owed: a package where data was exported, and
 * a receipt.
 */
export function wrongEnds({ requests, submissions, packages, receipts }: Evidence): Finding[] {
  const asked = new Map(submissions.map((submission) => [submission.key, submission]));
  const packaged = new Set(packages.map(({ requestId }) => requestId));
  const receipted = new Set(receipts.map(({ requestId }) => requestId));
  return requests.flatMap((request): Finding[] => {
    const { requestId: about, state, key, failureCode } = request;
    if (!FINAL.has(state)) {
      const why = failureCode === null ? "" : ` (${failureCode})`;
      return [{ count: "stuck", about, text: `is still ${state}${why}` }];
    }
    const ended = wrongEnd(request, asked.get(key ?? ""));
    const hasPackage = request.sealedAt === null || packaged.has(about);
    return [
      ...ended,
      ...(hasPackage ? [] : [lost(about, "was sealed, and its package is not there")]),
      ...(receipted.has(about) ? [] : [lost(about, "has ended without a receipt")]),
    ];
  });
}

function wrongEnd(request: FinalRequest, submission: Submission | undefined): Finding[] {
  const { requestId, state, failureCode, kind, exportFirst, sealedAt } = request;
  if (submission !== undefined && !submission.mayEndAs.includes(state)) {
    return [lost(requestId, `was given up: ${state} (${failureCode ?? "no code"})`)];
  }
  const owesPackage = state.startsWith("completed") && (kind === "export" || exportFirst);
  return owesPackage && sealedAt === null ? [lost(requestId, "has completed unsealed")] : [];
}

function lost(about: string, text: string): Finding {
  return { count: "lost", about, text };
}
