import type { Approval, Bar, Submission, SubmissionTry, Thing } from "../checker/evidence.ts";

/** What the clients of a run asked and were told, written down while it goes on. */
export class History {
  readonly submissions = new Map<string, Submission & { readonly tries: SubmissionTry[] }>();
  readonly approvals: Approval[] = [];
  readonly bars: Bar[] = [];
  /** The things that receipts name by a pseudonymous id. */
  readonly thingByReceiptId = new Map<string, Thing>();

  begin(submission: Omit<Submission, "tries">): void {
    this.submissions.set(submission.key, { ...submission, tries: [] });
  }

  tried(key: string, tried: SubmissionTry): void {
    this.submissions.get(key)?.tries.push(tried);
  }
}
