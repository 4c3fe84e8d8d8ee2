/** The ports of free and guest workspaces: who registered what, and where the tokens are. */
import type { Registration } from "../core/registration.ts";
import type { AccountType } from "../core/request.ts";
import type { Stored } from "./ports.ts";

/** The registered workspaces, without their tokens. Every method may throw `store-unavailable`. */
export interface WorkspaceRegistry {
  /** The record of a workspace, or null. */
  load(workspaceId: string): Promise<Stored<Registration> | null>;
  /**
   * Stores a record made to `version`, null where there must be none. Returns the new version. Throws
   * `store-conflict` when the record is no longer that version.
   */
  save(registration: Registration, version: string | null): Promise<string>;
  /** Removes the record. Throws `store-conflict` when it is another version; one that is gone is no error. */
  remove(workspaceId: string, version: string): Promise<void>;
  /** The records in order of workspace id; those that one caller registered, or all. */
  list(registeredBy?: string): AsyncIterable<Stored<Registration>>;
}

/**
 * The tokens of registered workspaces, by the name of their secret: letters, digits and `-`, 127 at most. A
 * name is used once and never again. Every method may throw `store-unavailable`.
 */
export interface TokenVault {
  /** Keeps a token. */
  put(secretName: string, token: string): Promise<void>;
  /** The token, or null when there is none by that name. */
  read(secretName: string): Promise<string | null>;
  /** Deletes a token so that nobody can recover it; one that is gone is no error. */
  purge(secretName: string): Promise<void>;
}

/** A workspace and the token that is to open it. */
export type WorkspaceDoor = {
  readonly workspaceId: string;
  readonly studioUrl: string;
  readonly token: string;
};

/** What a workspace tells of itself to whoever has its token. */
export type WorkspaceFacts = {
  readonly name: string;
  readonly accountType: AccountType;
  readonly createdAt: string | null;
};

/**
 * Looks into a workspace with a token. Throws `workspace-denied` when the token does not open it,
 * `workspace-not-found`, `source-unavailable`, `source-throttled`, `source-invalid`, `outbound-refused`.
 */
export interface WorkspaceProbe {
  look(door: WorkspaceDoor): Promise<WorkspaceFacts>;
}
