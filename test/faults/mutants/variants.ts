import type { Variant } from "../simulation/variant.ts";
import {
  approvalNotChecked,
  holdNotRead,
  purgeBeforeItsTime,
  sealNotAwaited,
  verificationSkipped,
} from "./deletion-variants.ts";
import {
  blindRetry,
  forgetsBeforeSending,
  randomIds,
  sendBeforeCommit,
} from "./outbox-variants.ts";
import { counterJoin, noFencing } from "./slice-variants.ts";

/** The app broken on purpose, in one way each, by what its ports do: whoever checks it has to notice. */
export const VARIANTS: Readonly<Record<string, Variant>> = {
  "no-fencing": { rewire: noFencing },
  "counter-join": { rewire: counterJoin },
  "send-before-commit": { rewire: sendBeforeCommit },
  "blind-retry": { rewire: blindRetry },
  "random-ids": { rewire: randomIds },
  "no-if-none-match": { overwrites: true },
  "approval-not-checked": { rewire: approvalNotChecked },
  "verification-skipped": { rewire: verificationSkipped },
  "hold-not-read": { rewire: holdNotRead },
  "seal-not-awaited": { rewire: sealNotAwaited },
  "purge-before-its-time": { rewire: purgeBeforeItsTime },
  "forgets-before-sending": { rewire: forgetsBeforeSending },
};
