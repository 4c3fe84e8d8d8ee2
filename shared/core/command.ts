import type { DeletionResult } from "./erasure.ts";
import type { Failure, Note, Plan, Seal } from "./request.ts";

/** The commands that move a privacy request. */

/**
 * What can be asked of a request. `attempt` names the request's attempt that a worker's word is about: when
 * others have gone on from there, it decides nothing. `note` is what a person wrote about it. `because` tells why a
 * plan is made anew; `isQuiet` that no worker has a lease any more; `returned` what a second look found.
 */
export type Command =
  | { readonly kind: "plan"; readonly because?: Failure }
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
  | { readonly kind: "seal"; readonly seal: Seal; readonly purgeAt: string }
  | {
      readonly kind: "complete";
      readonly exceptions: number;
      readonly purgeAt: string | null;
      readonly result: DeletionResult;
      readonly secondLookAt: string | null;
    }
  | {
      readonly kind: "fail";
      readonly attempt: number;
      readonly failure: Failure;
      readonly purgeAt: string | null;
    }
  | { readonly kind: "cancel"; readonly purgeAt: string | null; readonly note?: Note }
  | {
      readonly kind: "refuse";
      readonly failure: Failure;
      readonly purgeAt: string | null;
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
  | { readonly kind: "extend"; readonly dueAt: string }
  | { readonly kind: "await-identity" }
  | { readonly kind: "confirm-identity" }
  | { readonly kind: "purge" }
  | {
      readonly kind: "zip";
      readonly attempt: number;
      readonly hasFailed: boolean;
      readonly notBefore: string | null;
    }
  | { readonly kind: "zipped"; readonly result: { readonly bytes: number } | Failure }
  | { readonly kind: "receipted" };
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
] as const satisfies readonly CommandKind[];
