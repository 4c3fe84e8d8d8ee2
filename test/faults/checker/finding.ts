/** What can be wrong after a run. */
export const COUNTS = [
  "lost",
  "doubleDeleted",
  "deletedUnapproved",
  "deletedWithoutSealedExport",
  "corruptPackages",
  "stuck",
  "earlyPurge",
  "missingEvents",
  "unexplainedDeadLetters",
] as const;
export type Count = (typeof COUNTS)[number];

/** One thing that is wrong, in words: `about` is the request, submission, thing or message. */
export type Finding = { readonly count: Count; readonly about: string; readonly text: string };
