import type { Problem } from "../shared/core/wire.ts";

/** What a caller can do about an error, by its code. */
const NEXT_STEPS: Readonly<Record<string, (requestId: string) => string>> = {
  unauthenticated: () => "Set STUDIO_DSR_TOKEN to an access token that is still valid.",
  forbidden: () => "Ask an administrator for the app role that this needs.",
  "not-found": (id) => `Check the request id ${id}.`,
  "package-not-ready": (id) => `Wait for it with: studio-dsr status ${id} --watch`,
  "package-purged": () => "Submit a new export to get the data again.",
  "idempotency-conflict": () => "Use another --key for another request.",
};

/**
 * A problem of the API for a person: what it is, every finding on a line of its own, what to do.
 * `requestId` is the one that was asked for; empty when a request was submitted.
 */
export function problemSentence(problem: Problem, requestId: string): string {
  const headline = (problem.detail ?? problem.title).replace(/\.?$/, ".");
  const findings = (problem.errors ?? []).map(
    ({ pointer, detail }) => `  ${pointer === "" ? "" : `${pointer}: `}${detail}`,
  );
  const nextStep = NEXT_STEPS[problem.code];
  return [headline, ...findings, ...(nextStep ? [nextStep(requestId)] : [])].join("\n");
}
