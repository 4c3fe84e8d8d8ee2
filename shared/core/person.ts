import type { Scope } from "./scope.ts";

/** A person in a workspace. */

/** Whose data is asked for. */
export type Subject = Extract<Scope, { subject: unknown }>["subject"];

/**
 * The person as a workspace knows them. `names` are what its assets may call them by, in lower case; a name that two
 * of its users share is none of them. `userIds` are the person's own among the ids of its users, as the service has them.
 */
export type Person = {
  readonly isOwner: boolean;
  readonly names: ReadonlySet<string>;
  readonly userIds: readonly string[];
};

/** What the subject is called where nobody knows them. */
export function nameOf(subject: Subject): string {
  return ("email" in subject ? subject.email : subject.accountId).toLowerCase();
}
