import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { errorsOf } from "../../../functions/api/document.ts";
import type { Answered, Operation } from "../../../functions/api/operation.ts";
import type { OperationId } from "../../../functions/api/routes.ts";
import { OPERATIONS } from "../../../functions/api/table.ts";
import { problemSchema } from "../../../shared/core/wire.ts";
import { ERROR_RULES, type ErrorCode } from "../../../shared/errors.ts";
import type { Answer } from "../calls.ts";

/** Throws when the document of the API does not describe this answer to that call, or a member of it. */
export function assertDescribed(
  id: OperationId,
  { status, body }: Pick<Answer, "status" | "body">,
): void {
  const operation: Operation = OPERATIONS[id];
  const answered = operation.answers[status];
  if (answered !== undefined) {
    if (answered.schema !== undefined) assertWhole(id, answered.schema, body);
    return;
  }
  const { code } = problemSchema.parse(body);
  assertWhole(id, problemSchema, body);
  const described = errorsOf(operation).filter((known) => ERROR_RULES[known].status === status);
  if (!described.includes(code as ErrorCode)) {
    throw new Error(`${id} answered ${status} ${code}, which its description does not have`);
  }
}

/**
 * The same for an answer as it came over HTTP, in whichever of its media types. A call that the table does not have is
 * answered by the host, with 404, and headers that are too large with 431.
 */
export async function assertAnswerDescribed(
  method: string,
  path: string,
  answer: Response,
): Promise<void> {
  const id = operationAt(method, path.split("?")[0] ?? "");
  const { status, headers } = answer;
  if (status === 431) return;
  if (id === null) {
    if (status === 404) return;
    throw new Error(`${method} ${path} is not in the document and was answered with ${status}`);
  }
  const text = await answer.clone().text();
  const type = headers.get("content-type")?.split(";")[0] ?? "";
  const answered: Answered | undefined = OPERATIONS[id].answers[status];
  if (answered?.alsoAs?.includes(type) === true) return;
  if (answered?.lines !== undefined && type === "application/x-ndjson") {
    for (const line of text.trimEnd().split("\n"))
      assertWhole(id, answered.lines, JSON.parse(line));
    return;
  }
  const isJson = type === "application/json" || type === "application/problem+json";
  if (text !== "" && !isJson) throw new Error(`${id} answered as ${type}, which is not described`);
  assertDescribed(id, { status, body: text === "" ? null : JSON.parse(text) });
}

/** The call that a request is, by its method and path; null when the table has none. */
export function operationAt(method: string, path: string): OperationId | null {
  const found = Object.entries(OPERATIONS).find(
    ([, operation]) =>
      operation.method === method &&
      new RegExp(`^${operation.path.replace(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`).test(
        path,
      ),
  );
  return found === undefined ? null : (found[0] as OperationId);
}

/** A schema passes over members that it does not name; a reader of the document would not expect them. */
function assertWhole(id: OperationId, schema: z.ZodType, body: unknown): void {
  const sent = JSON.stringify(body);
  const described = JSON.stringify(schema.parse(body));
  if (sent === undefined || isDeepStrictEqual(JSON.parse(sent), JSON.parse(described))) return;
  throw new Error(`${id} answered with members that its description does not have`);
}
