import type { DeletionResult } from "./erasure.ts";
import type { Retention } from "./expiry.ts";
import type { Failure, Identity, Note, Plan, Seal } from "./request.ts";
import type { Calendar } from "./statutory-clock.ts";

/** The commands that move a privacy request. */

/**
 * What can be asked of a request. `attempt` names the request's attempt that a worker's word is about: when
 * others have gone on from there, it decides nothing. `note` is what a person wrote about it. `replaces` tells which
 * plan is made anew, and why: when it was replaced already, nothing is; `retention` says how long what was gathered is
 * kept after the end; `isQuiet` that no worker has a lease any more; `returned` what a second look found.
 */
export type Command =
  | {
      readonly kind: "plan";
      readonly replaces?: { readonly generation: number; readonly because: Failure };
    }
  | { readonly kind: "planned"; readonly plan: Plan }
  | {
      readonly kind: "approve";
      readonly approver: string;
      readonly planHash: string;
      readonly startAt: string;
      readonly note?: Note;
    }
  | {
      readonly kind: "start";
      readonly phase: number;
      readonly from: string;
      readonly to: string;
      readonly slices: readonly { readonly sliceId: string; readonly attempt: number }[];
      readonly isLast: boolean;
    }
  | { readonly kind: "settle"; readonly generation: number; readonly phase: number }
  | {
      readonly kind: "block";
      readonly attempt: number;
      readonly failure: Failure;
      readonly wakeAt: string;
    }
  | { readonly kind: "unblock" }
  | { readonly kind: "verify"; readonly wakeAt: string; readonly returned?: number }
  | { readonly kind: "seal"; readonly seal: Seal; readonly retention: Retention }
  | {
      readonly kind: "complete";
      readonly exceptions: number;
      readonly manualSteps: number;
      readonly retention: Retention;
      readonly result: DeletionResult;
      readonly secondLookAt: string | null;
    }
  | {
      readonly kind: "fail";
      readonly attempt: number;
      readonly failure: Failure;
      readonly retention: Retention;
    }
  | { readonly kind: "cancel"; readonly retention: Retention; readonly note?: Note }
  | {
      readonly kind: "refuse";
      readonly failure: Failure;
      readonly retention: Retention;
      readonly note?: Note;
    }
  | {
      readonly kind: "retry";
      readonly attempt: number;
      readonly hasFailed: boolean;
      readonly notBefore: string | null;
      readonly verifiedFiles?: number;
    }
  | { readonly kind: "hold"; readonly isQuiet: boolean; readonly note?: Note }
  | { readonly kind: "release"; readonly note?: Note }
  | { readonly kind: "extend"; readonly calendar: Calendar; readonly note?: Note }
  | { readonly kind: "await-identity"; readonly calendar: Calendar; readonly note?: Note }
  | {
      readonly kind: "confirm-identity";
      readonly calendar: Calendar;
      readonly identity: Identity;
      readonly note?: Note;
    }
  | { readonly kind: "purge" }
  | {
      readonly kind: "zip";
      readonly attempt: number;
      readonly hasFailed: boolean;
      readonly notBefore: string | null;
    }
  | { readonly kind: "zipped"; readonly result: { readonly bytes: number } | Failure }
  | { readonly kind: "receipted" }
  | { readonly kind: "warn"; readonly calendar: Calendar }
  | { readonly kind: "erase" };
export type CommandKind = Command["kind"];
export type CommandOf<K extends CommandKind> = Extract<Command, { kind: K }>;

/** All command kinds, in the order of the state table's columns. */
export const COMMANDS = [
  "plan",
  "planned",
  "approve",
  "start",
  "settle",
  "block",
  "unblock",
  "verify",
  "seal",
  "complete",
  "fail",
  "cancel",
  "refuse",
  "retry",
  "hold",
  "release",
  "extend",
  "await-identity",
  "confirm-identity",
  "purge",
  "zip",
  "zipped",
  "receipted",
  "warn",
  "erase",
] as const satisfies readonly CommandKind[];
