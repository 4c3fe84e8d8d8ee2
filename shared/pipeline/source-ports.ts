/** The ports to where people's data lives: finding, reading, deleting, looking whether it is gone. */
import type { Asset } from "../core/asset.ts";
import type { Person, Subject } from "../core/person.ts";
import type { Workspace } from "../core/request.ts";
import type { WorkspaceRef } from "../core/scope.ts";
import type { Redaction } from "../core/slice.ts";
import type { AppError, ErrorCode } from "../errors.ts";

/**
 * Finds workspaces and their credentials. Throws `workspace-not-found`, `workspace-locked` (a lock keeps the
 * key from us), `workspace-denied`, `guest-workspace-expired`, `source-unavailable`, `source-throttled`,
 * `store-unavailable`.
 */
export interface Directory {
  /** The workspace that a request names. */
  find(ref: WorkspaceRef): Promise<Workspace>;
  /** When the workspace ends by itself at the latest, or null; asks our own records only. */
  expiresAt(ref: WorkspaceRef): Promise<string | null>;
  /**
   * Every workspace that is registered or that Azure Resource Manager lists, each once. One that cannot be looked up
   * comes with the failure, named as far as it is known. Throws when a list itself cannot be had.
   */
  list(): AsyncIterable<ListedWorkspace>;
}

/** A workspace of the list. With a `failure` it cannot be called, whatever else is said of it. */
export type ListedWorkspace = { readonly workspace: Workspace; readonly failure: AppError | null };

/** An asset, and what the service calls the person who made it, where it says so. Never stored, logged or told. */
export type OwnedAsset = Asset & { readonly owner?: string };

/** A source file that was opened at `offset`. `totalBytes` is null when the source does not tell. */
export type OpenedFile = {
  readonly body: AsyncIterable<Uint8Array>;
  readonly offset: number;
  readonly totalBytes: number | null;
  readonly tag: string | null;
};

/**
 * A file of an asset. `key` is ours (letters, digits, `-`) and unique within the asset; `path` is what a person
 * would call the file, after the folders it lies in; each segment may hold anything. `bytes` is the size if known
 * before.
 *
 * `open` starts the download at `resume.offset` when the source still has the version `resume.tag`, else at
 * 0. The stream ends early only with an error: `source-truncated`, `source-unavailable`.
 */
export type SourceFile = {
  readonly key: string;
  readonly path: readonly string[];
  readonly bytes: number | null;
  readonly redactions: readonly Redaction[];
  open(resume?: { offset: number; tag: string }): Promise<OpenedFile>;
};

/** A file that belongs to an asset and cannot be had, for good; the asset's other files follow all the same. */
export type MissingFile = { readonly path: readonly string[]; readonly reason: ErrorCode };

/**
 * A provider: a system that holds people's assets. All methods may throw `workspace-denied`,
 * `workspace-not-found`, `guest-workspace-expired`, `workspace-unreadable`, `source-unavailable`,
 * `source-throttled`, `source-invalid`, `outbound-refused`.
 */
export interface Provider {
  /** Every asset of the workspace that is the user's, each once; samples of the service are left out. */
  inventory(workspace: Workspace): AsyncIterable<OwnedAsset>;
  /**
   * The files of an asset, and those that should be there and are not. With a `subject`, the list of users has that
   * person's entries only. Throws `asset-not-found`.
   */
  files(
    workspace: Workspace,
    asset: Asset,
    subject?: Subject,
  ): AsyncIterable<SourceFile | MissingFile>;
  /** The person as the workspace knows them, or null. */
  person(workspace: Workspace, subject: Subject): Promise<Person | null>;
}

/**
 * What became of a request to delete. `claimed` is the service's word, never a proof; `gone` says that it knew of
 * no such thing; `running` is asked for again after a while, by `operation`, which is stored in between.
 */
export type Erasure =
  | { readonly is: "claimed" }
  | { readonly is: "gone" }
  | { readonly is: "running"; readonly operation: string; readonly retryAfterMs: number };

/**
 * Something that forbids deletion until a person has mended it: a lock, by its name, its level (`CanNotDelete`,
 * `ReadOnly`) and the scope that it was set on, which may be above the workspace.
 */
export type Blocker = {
  readonly kind: "lock";
  readonly workspaceId: string;
  readonly name: string;
  readonly level: string;
  readonly scope: string;
};

/** `user` needs, serves or contains `used`: without it, it stops working or loses an entry. */
export type Use = { readonly user: AssetKey; readonly used: AssetKey };

/** An asset by what names it within its workspace. */
export type AssetKey = Pick<Asset, "kind" | "sourceId">;

/** Why an asset is not deleted by a call of its own; null where one is made. */
export type NotErasable = {
  readonly why: "not-deletable" | "unverified-call" | "goes-with";
  readonly detail: string;
};

/**
 * Deletes what a provider lists, and looks whether it is gone. Beside what `Provider` throws, every call may throw
 * `workspace-locked` (a lock forbids it) and `plan-stale` (the thing behind the id is another one than was planned).
 */
export interface Eraser {
  /** Whether this asset can be deleted by a call, by the settings in force; makes none. */
  notErasable(workspace: Workspace, asset: Asset): NotErasable | null;
  /** What forbids deletion in these workspaces now; many of one subscription cost few calls. */
  blockers(workspaces: readonly Workspace[]): Promise<readonly Blocker[]>;
  /** What will stay behind when everything that can be deleted is gone, in sentences for people. */
  leftBehind(workspace: Workspace): Promise<readonly string[]>;
  /**
   * Every use of an asset of the workspace by another of its assets, each once, by the ids of the inventory. Reads
   * each experiment once: asked once per workspace and plan, never per asset.
   */
  uses(workspace: Workspace): AsyncIterable<Use>;
  /**
   * Asks the service to delete. Never called without a plan that was approved and an intent that is stored. Throws
   * `outbound-refused` for an asset of another workspace or a sample, and `not-supported` where the settings or the
   * service have no call for it.
   *
   * `beforeCall` is called right before each destructive call leaves, with no wait in between (tokens, limits and the
   * look at the thing's identity come before it); there is a second one only when the first was refused. It throws
   * when no call may start any more; nothing is sent then, and what it threw is thrown on.
   */
  erase(workspace: Workspace, asset: Asset, beforeCall: () => void): Promise<Erasure>;
  /**
   * Asks again about an operation that was running. A look that fails for a while is `running` still; what is thrown
   * ends the operation, and only `erase` can try again. `source-invalid` when it does not end within a day.
   */
  poll(workspace: Workspace, asset: Asset, operation: string): Promise<Erasure>;
  /** Which of these assets the service still shows, by an independent look: the lists, and each by its id. */
  remaining(workspace: Workspace, assets: readonly Asset[]): Promise<readonly Asset[]>;
}

/** Limits calls to a service that counts them, over all workers: buckets of tokens, each by its key. */
export interface Limiter {
  /**
   * Takes a token of each of these buckets, or of none. Returns 0 when there were, else how long to wait before asking
   * again, in milliseconds. Who is sent away at the same time is told different times.
   */
  take(buckets: readonly string[]): Promise<number>;
  /** What the service told of the bucket: it is empty for so long. */
  empty(bucket: string, forMs: number): Promise<void>;
}
