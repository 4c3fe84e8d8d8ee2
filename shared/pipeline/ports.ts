/**
 * The ports: everything the stages need of the world. Every implementation and its in-memory twin pass
 * the same contract suite. Any method may throw `store-unavailable` (ledger, packages) or
 * `bus-unavailable` (bus); the other codes are named where they occur. A write whose answer was lost may
 * have been made: `"exists"` or `store-conflict` can be the caller's own.
 */
import type { DeletionControls } from "../core/controls.ts";
import type { Intent } from "../core/erasure.ts";
import type { PrivacyEvent } from "../core/events.ts";
import type { Outgoing } from "../core/messages.ts";
import type { PrivacyRequest } from "../core/request.ts";
import type { DoneSlice, OpenSlice } from "../core/slice.ts";
import type { WorkspaceClaim } from "../core/workspace-claim.ts";

export type * from "./dead-letter-port.ts";
export type * from "./door-ports.ts";
export type * from "./proof-ports.ts";
export type * from "./registry-ports.ts";
export type * from "./source-ports.ts";

/** Time. `now` is an ISO 8601 instant in UTC with milliseconds. */
export interface Clock {
  now(): string;
}

/** A stored value and the version (ETag) that a change of it must name. */
export type Stored<T> = { readonly value: T; readonly version: string };

/**
 * One entry of a request's history; `hash` covers the entry and the hash before it. `note` is the salted digest of
 * what a person wrote.
 */
export type HistoryEntry = {
  readonly number: number;
  readonly at: string;
  readonly command: string;
  readonly from: string;
  readonly to: string;
  readonly actor: string;
  readonly note: string | null;
  readonly previousHash: string;
  readonly hash: string;
};

/** Messages and events that one change owes. `key` is unique within the request. */
export type Owed = {
  readonly key: string;
  readonly send: readonly Outgoing[];
  readonly events: readonly PrivacyEvent[];
};

/** A change of a request: all of it is stored in one transaction, or nothing. */
export type Change = {
  readonly request: PrivacyRequest;
  readonly history: readonly HistoryEntry[];
  readonly owed: Owed | null;
};

/** Requests, their history and what they owe: one partition per request. */
export interface Ledger {
  /** Stores a new request. `"exists"` when there is one with that id; nothing is changed then. */
  create(change: Change): Promise<"created" | "exists">;
  /** The request, or null. */
  load(requestId: string): Promise<Stored<PrivacyRequest> | null>;
  /** Stores a change made to `version`. Throws `store-conflict` when the row is no longer that version. */
  save(change: Change, version: string): Promise<void>;
  /** Everything the request still owes, oldest first. */
  owed(requestId: string): Promise<readonly Owed[]>;
  /** Forgets what has been sent. A key that is gone already is no error. */
  paid(requestId: string, keys: readonly string[]): Promise<void>;
  /** The history in order. */
  history(requestId: string): AsyncIterable<HistoryEntry>;
}

/** What slices come to: assets that are settled, those of them that were not done, and bytes that are stored. */
export type Tally = { readonly settled: number; readonly failed: number; readonly bytes: number };

/** The slices of a request, in its partition. Ids sort in order of their number. */
export interface Slices {
  /** Adds open slices; adding the same ones again changes nothing that a worker did since. */
  add(requestId: string, slices: readonly OpenSlice[]): Promise<void>;
  /** The open slice, or null when it is settled or was never planned. */
  load(requestId: string, sliceId: string): Promise<Stored<OpenSlice> | null>;
  /**
   * Stores a change of an open slice, and what it owes, in one transaction. Returns the new version.
   * Throws `store-conflict` when the slice is settled or no longer that version.
   */
  save(requestId: string, slice: OpenSlice, version: string, owed?: Owed): Promise<string>;
  /** Replaces the open slice by its settled form in one transaction. Throws `store-conflict` as `save`. */
  settle(requestId: string, done: DoneSlice, version: string): Promise<void>;
  /** Up to `limit` open slices whose id begins with `prefix` and comes after `after`, in order. */
  open(
    requestId: string,
    prefix: string,
    after: string,
    limit: number,
  ): Promise<readonly Stored<OpenSlice>[]>;
  /** The settled slices whose id begins with `prefix`, in order. */
  done(requestId: string, prefix: string): AsyncIterable<DoneSlice>;
  /** What the slices whose id begins with `prefix` come to by now, without reading their outcomes. */
  tally(requestId: string, prefix: string): Promise<Tally>;
}

/** The intents of a request's irreversible calls, in its partition; none is ever removed. */
export interface Intents {
  /** Stores an intent before its call. `"exists"` when there is one by that key; it is left as it is. */
  add(requestId: string, intent: Intent): Promise<"created" | "exists">;
  /** Stores what has become of one. Returns the new version. Throws `store-conflict` for another version. */
  save(requestId: string, intent: Intent, version: string): Promise<string>;
  /** The intent, or null. */
  load(requestId: string, key: string): Promise<Stored<Intent> | null>;
  /** The intents whose key begins with `prefix`, in order. */
  list(requestId: string, prefix: string): AsyncIterable<Intent>;
}

/** What Operators set for all deletions, and the count of this hour's. */
export interface Controls {
  /** What is set; the default as long as nobody has set anything. */
  read(): Promise<DeletionControls>;
  /** Sets all of it. */
  write(controls: DeletionControls): Promise<void>;
  /** How many deletions were counted in that hour. */
  spent(hour: string): Promise<number>;
  /** Counts one more in that hour, unless there are `cap` already: false then. Exact, whoever else counts. */
  spend(hour: string, cap: number): Promise<boolean>;
}

/** Who works on which workspace. A key is made of letters, digits and `-`. */
export interface WorkspaceClaims {
  /** The claim, or null when there never was one. */
  load(key: string): Promise<Stored<WorkspaceClaim> | null>;
  /**
   * Stores a claim over that version, or the first one (null). Throws `store-conflict` when there is another
   * version by now.
   */
  save(key: string, claim: WorkspaceClaim, version: string | null): Promise<void>;
}

/** When to look at a request again. A row too many is harmless: it is removed when it is looked at. */
export type Due = { readonly lookAt: string; readonly requestId: string };

/** The due index: written before the change that needs it. */
export interface DueIndex {
  /** Adds a row; the same row again is no error. */
  add(due: Due): Promise<void>;
  /** Removes a row; a row that is gone is no error. */
  remove(due: Due): Promise<void>;
  /** Up to `limit` rows with `lookAt <= at` that come after the row `after`, earliest first. */
  until(at: string, limit: number, after?: Due): Promise<readonly Due[]>;
}

/** The bus. The broker drops an id that it saw before. `requestTrace`: the `traceparent` that the work is part of. */
export interface Bus {
  /** Sends messages to the queues of their steps, each not before its time. */
  send(outgoing: readonly Outgoing[], requestTrace?: string | null): Promise<void>;
  /** Publishes events. */
  publish(events: readonly PrivacyEvent[], requestTrace?: string | null): Promise<void>;
}

/** A blob of a package: the request it belongs to, and its name. */
export type BlobRef = { readonly requestId: string; readonly name: string };

/** A stored blob as listed. */
export type StoredBlob = { readonly name: string; readonly bytes: number };

/** A staged block as listed. */
export type StagedBlock = { readonly id: string; readonly bytes: number };

/** Makes the link to a blob. `fileName` has letters, digits, `-` and `.` only. */
export type Linker = (name: string, fileName?: string) => string;

/**
 * Packages: one container per request. A blob is written once and never changed. Names are ours: letters,
 * digits, `-`, `.`, `_` and `/`; other names throw `internal`. Writing into a container that is gone throws
 * `not-found`.
 */
export interface Packages {
  /** Makes the request's container; one that exists is no error. */
  create(requestId: string): Promise<void>;
  /** Writes a small blob at once. `"exists"` when there is one by that name; it is left as it is. */
  put(ref: BlobRef, bytes: Uint8Array): Promise<"created" | "exists">;
  /** Stages a block. Ids of one blob have equal length, and a block staged again replaces the old one. */
  stage(ref: BlobRef, blockId: string, bytes: Uint8Array): Promise<void>;
  /** The blocks of a blob that are staged and not committed, in order of their ids; none for a blob nobody began. */
  staged(ref: BlobRef): AsyncIterable<StagedBlock>;
  /**
   * Makes the blob of staged blocks, in order. `"exists"` when there is one by that name; it is left as it
   * is. Throws `package-corrupt` when a block is not there.
   */
  commit(ref: BlobRef, blockIds: readonly string[]): Promise<"created" | "exists">;
  /**
   * The bytes from `range` (or all) as a stream. Throws `not-found`; `package-corrupt` for a range that
   * begins beyond the end.
   */
  read(ref: BlobRef, range?: { offset: number; bytes: number }): Promise<AsyncIterable<Uint8Array>>;
  /** The blobs whose name begins with `prefix`, in order of name. Empty when there is no container. */
  list(requestId: string, prefix: string): AsyncIterable<StoredBlob>;
  /**
   * A function that makes links: HTTPS, read only, for one blob, until `expiresAt`, 7 days at most. Browsers save
   * what is behind one, as `fileName` where that is given.
   */
  linker(requestId: string, expiresAt: string): Promise<Linker>;
  /** Deletes the container and all in it; one that is gone is no error. */
  purge(requestId: string): Promise<void>;
}
