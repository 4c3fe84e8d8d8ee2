import type { z } from "zod";
import type { Role } from "../../shared/core/caller.ts";
import type { ErrorCode } from "../../shared/errors.ts";
import type { OperationId, Route } from "./routes.ts";

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
 * What is said of one call. `roles` are those of which a caller needs one; none means that anybody may call. `errors` are the
 * codes beside those that come with a token, a body, a query or an id.
 */
export type Description = {
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

/** One call: where it is, and what is said of it. */
export type Operation = Route & Description;

/** Descriptions by the id of their call. */
export function operations<const T extends Partial<Record<OperationId, Description>>>(table: T): T {
  return table;
}

/** What the path of a call may hold in its braces. */
export function parametersOf({ path }: Pick<Operation, "path">): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
}
