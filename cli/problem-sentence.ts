import type { Problem } from "../shared/core/wire.ts";

/** What a caller can do about an error, by its code. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  unauthenticated: "Set STUDIO_DSR_TOKEN to an access token that is still valid.",
  forbidden: "Ask an administrator for the app role that this needs.",
  "not-found": "Check the request id.",
  "package-not-ready": 'Wait for it with "studio-dsr status <id> --watch".',
  "package-purged": "Submit a new export to get the data again.",
  "idempotency-conflict": "Use another --key for another request.",
};

/** A problem of the API for a person: title, detail, every finding on a line of its own, what to do. */
export function problemSentence(problem: Problem): string {
  const headline = [problem.title, problem.detail].filter((text) => text !== undefined).join(": ");
  const findings = (problem.errors ?? []).map(({ pointer, detail }) => `  ${pointer}: ${detail}`);
  const nextStep = NEXT_STEPS[problem.code];
  return [`${headline}.`.replace(/\.\.$/, "."), ...findings, ...(nextStep ? [nextStep] : [])].join(
    "\n",
  );
}
