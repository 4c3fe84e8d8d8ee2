import type { Backoff } from "../core/backoff.ts";
import type { Organization } from "../core/bag.ts";
import type { Reach } from "../core/reach.ts";
import type { Calendar, Law } from "../core/statutory-clock.ts";
import type { Telemetry } from "../telemetry.ts";
import type {
  Bus,
  Clock,
  Controls,
  Directory,
  DueIndex,
  Eraser,
  Intents,
  Ledger,
  Packages,
  Post,
  Provider,
  Receipts,
  RequestList,
  Signer,
  Slices,
  WorkspaceClaims,
} from "./ports.ts";

/** The numbers that the stages go by; all from settings. */
export type Pace = {
  /** How long a claim on a slice holds without a sign of life. */
  readonly leaseMs: number;
  /** How long one call may work before it gives its slice back: half of `functionTimeout`. */
  readonly stepMs: number;
  /** When the reconciler looks at an open request again. */
  readonly lookAfterMs: number;
  /** After how long without a sign of life a message counts as lost. */
  readonly resendAfterMs: number;
  /** After how long a blocked request looks whether it can go on. */
  readonly blockedMs: number;
  /** The size of the blocks of large blobs. */
  readonly blockBytes: number;
  /** How many assets of a slice are exported at a time. */
  readonly concurrency: number;
  /** How much memory the blocks of one slice may take. */
  readonly bufferBytes: number;
  /** How long a package is kept after the end of its request; one with data of a guest workspace. */
  readonly retentionMs: number;
  readonly guestRetentionMs: number;
  /** How long the personal data of a request that has ended is kept. */
  readonly requestDataMs: number;
  /** How long links into a package work. */
  readonly linkMs: number;
  readonly backoff: Backoff;
  /** How long an approved deletion waits, so that it can be stopped. */
  readonly graceMs: number;
  /** How often a deletion is looked at before what is still there counts as not deleted. */
  readonly verifyTries: number;
  /** The wait before the second look; it doubles with each one. */
  readonly verifyBaseMs: number;
  /** How long after its end a deletion is looked at once more. */
  readonly secondLookMs: number;
};

/** What the stages need; each takes only the part it uses. */
export type Stage = {
  readonly ledger: Ledger;
  readonly slices: Slices;
  readonly intents: Intents;
  readonly controls: Controls;
  readonly claims: WorkspaceClaims;
  readonly dueIndex: DueIndex;
  /** The due index of requests that have ended: when what they hold is removed. */
  readonly purgeIndex: DueIndex;
  /** The due index of statutory dates: when to warn of the next one. */
  readonly deadlineIndex: DueIndex;
  readonly list: RequestList;
  readonly bus: Bus;
  /** What the ticketing door sends. */
  readonly post: Post;
  /** How far each caller reaches. */
  readonly reach: Reach;
  readonly packages: Packages;
  readonly receipts: Receipts;
  readonly signer: Signer;
  readonly directory: Directory;
  readonly provider: Provider;
  readonly eraser: Eraser;
  readonly clock: Clock;
  readonly random: () => number;
  readonly telemetry: Telemetry;
  readonly pace: Pace;
  /** Who hands packages over, for their `bag-info.txt`. */
  readonly organization: Organization;
  /** By which law, and on which calendar, requests are due. */
  readonly statutory: { readonly defaultLaw: Law; readonly calendar: Calendar };
  /** The key of the HMAC that turns submitter and idempotency key into a request id. */
  readonly pseudonymKey: string;
};

/** The part of it that is ours: no provider and nothing that reads or changes a workspace. */
export type OwnStage = Omit<Stage, "directory" | "provider" | "eraser">;
