import { z } from "zod";
import { nameOf, type Person, type Subject } from "../../core/person.ts";
import type { Source } from "./source.ts";

/** Who a person is in a workspace, by its list of users and its settings. */

const text = z
  .string()
  .nullish()
  .transform((value) => (value ?? "").toLowerCase());
const id = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const entrySchema = z.object({
  User: z.object({ Email: text, Name: text, UserId: id, Role: text }),
});
const ownerSchema = z.object({ OwnerEmail: text, OwnerPrincipalId: text });

type User = z.output<typeof entrySchema>["User"];

/** The person among the users of the workspace, or its owner; null when it does not know them. */
export async function personIn({ ask }: Source, subject: Subject): Promise<Person | null> {
  const users = await ask((client, access) => client.users(access));
  const settings = await ask((client, access) => client.settings(access));
  const known = users.value.flatMap(userOf);
  const owner = ownerSchema.safeParse(JSON.parse(settings.text)).data;
  const wanted = nameOf(subject);
  const ownsIt = owner?.OwnerEmail === wanted || owner?.OwnerPrincipalId === wanted;
  const theirs = known.filter(
    (user) =>
      isSubject(user, subject) || (ownsIt && user.Email !== "" && user.Email === owner?.OwnerEmail),
  );
  if (theirs.length === 0 && !ownsIt) return null;
  const names = theirs.flatMap((user) => namesOf(user, known));
  const ownNames = ownsIt ? [owner?.OwnerEmail ?? "", owner?.OwnerPrincipalId ?? ""] : [];
  return {
    isOwner: ownsIt || theirs.some(({ Role }) => Role === "owner"),
    names: new Set([wanted, ...names, ...ownNames].filter((name) => name !== "")),
    userIds: theirs.map(({ UserId }) => UserId).filter((userId) => userId !== ""),
  };
}

/** The list of users with the person's own entries only, as they were received. */
export function ownEntries(document: string, { names }: Pick<Person, "names">): string {
  const entries = z.array(z.unknown()).nullish().parse(JSON.parse(document)) ?? [];
  const own = entries.filter((entry) =>
    userOf(entry).some(({ Email, UserId }) => names.has(Email) || names.has(UserId.toLowerCase())),
  );
  return JSON.stringify(own);
}

/** A display name that somebody else has too would show that person's assets. */
function namesOf({ Email, Name, UserId }: User, known: readonly User[]): string[] {
  const isShared = known.some((other) => other.Name === Name && other.UserId !== UserId);
  return [Email, UserId.toLowerCase(), ...(isShared ? [] : [Name])];
}

function isSubject({ Email, UserId }: User, subject: Subject): boolean {
  return "email" in subject ? Email === nameOf(subject) : UserId.toLowerCase() === nameOf(subject);
}

function userOf(entry: unknown): User[] {
  const { data } = entrySchema.safeParse(entry);
  return data === undefined ? [] : [data.User];
}
