import { errorsOf } from "../../../functions/api/document.ts";
import type { Operation } from "../../../functions/api/operation.ts";
import { OPERATIONS, type OperationId } from "../../../functions/api/table.ts";
import { problemSchema } from "../../../shared/core/wire.ts";
import { ERROR_RULES, type ErrorCode } from "../../../shared/errors.ts";
import type { Answer } from "../calls.ts";

/** Throws when the document of the API does not describe this answer to that call. */
export function assertDescribed(
  id: OperationId,
  { status, body }: Pick<Answer, "status" | "body">,
): void {
  const operation: Operation = OPERATIONS[id];
  const answered = operation.answers[status];
  if (answered !== undefined) {
    answered.schema?.parse(body);
    return;
  }
  const { code } = problemSchema.parse(body);
  const described = errorsOf(operation).filter((known) => ERROR_RULES[known].status === status);
  if (!described.includes(code as ErrorCode)) {
    throw new Error(`${id} answered ${status} ${code}, which its description does not have`);
  }
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
