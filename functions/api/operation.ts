import type { z } from "zod";
import type { Role } from "../../shared/core/caller.ts";
import type { ErrorCode } from "../../shared/errors.ts";

/** What the API says of one of its calls; the document of the API is made of these. */

/** An answer that is no error. Without a schema it has no body, or one that is no JSON. */
export type Answered = {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** The shape of each line, where the answer is lines of JSON. */
  readonly lines?: z.ZodType;
  /** Other forms than JSON, by media type. */
  readonly alsoAs?: readonly string[];
  readonly headers?: readonly ("Location" | "Retry-After" | "Idempotent-Replayed")[];
};

/** A body that a test sends, and the status that it is answered with. */
export type Example = {
  readonly summary: string;
  readonly body: unknown;
  readonly status: number;
};

/**
 * One call. `roles` are those of which a caller needs one; none means that anybody may call. `errors` are the
 * codes beside those that come with a token, a body, a query or an id.
 */
export type Operation = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: `/${string}`;
  /** The group of functions that answers it; "intake" unless told otherwise. */
  readonly group?: "upkeep";
  readonly tag: "requests" | "workspaces" | "operations" | "service";
  readonly summary: string;
  readonly roles: readonly Role[];
  readonly takesIdempotencyKey?: true;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly examples?: Readonly<Record<string, Example>>;
  readonly answers: Readonly<Record<number, Answered>>;
  readonly errors?: readonly ErrorCode[];
};

/** Operations by their id, which is the name of their function. */
export function operations<const T extends Readonly<Record<string, Operation>>>(table: T): T {
  return table;
}

/** What the path of a call may hold in its braces. */
export function parametersOf({ path }: Pick<Operation, "path">): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
}
