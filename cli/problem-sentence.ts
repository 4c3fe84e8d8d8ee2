import type { Problem } from "../shared/core/wire.ts";

/** What a call was about, to say what to do next; empty for a submission. */
export type Subject = {
  readonly requestId?: string;
  readonly workspaceId?: string;
  /** The queue of a dead letter, and its number. */
  readonly deadLetter?: string;
};

/** What a caller can do about an error, by its code. */
const NEXT_STEPS: Readonly<Record<string, (subject: Subject) => string>> = {
  unauthenticated: () => "Set STUDIO_DSR_TOKEN to an access token that is still valid.",
  forbidden: () => "Ask an administrator for the app role that this needs.",
  "not-found": ({ requestId, workspaceId, deadLetter }) => {
    if (deadLetter !== undefined)
      return `Check the dead letter ${deadLetter}; "studio-dsr dead-letters list" shows what there is.`;
    return workspaceId === undefined
      ? `Check the request id ${requestId}.`
      : `Check the workspace id ${workspaceId}; "studio-dsr workspaces list" shows yours.`;
  },
  "workspace-denied": () =>
    "Check the token: an owner finds it on the workspace's settings page, under authorization tokens. " +
    "A guest workspace may have ended.",
  "package-not-ready": ({ requestId }) =>
    `Wait for it with: studio-dsr status ${requestId} --watch`,
  "package-purged": () => "Submit a new export to get the data again.",
  "idempotency-conflict": () => "Use another --key for another request.",
};

/**
 * A problem of the API for a person: what it is, every finding on a line of its own, what to do.
 * `subject` is what was asked for.
 */
export function problemSentence(problem: Problem, subject: Subject): string {
  const headline = (problem.detail ?? problem.title).replace(/\.?$/, ".");
  const findings = (problem.errors ?? []).map(
    ({ pointer, detail }) => `  ${pointer === "" ? "" : `${pointer}: `}${detail}`,
  );
  const nextStep = NEXT_STEPS[problem.code];
  return [headline, ...findings, ...(nextStep ? [nextStep(subject)] : [])].join("\n");
}
