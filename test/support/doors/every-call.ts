import { type Operation, parametersOf } from "../../../functions/api/operation.ts";
import type { OperationId } from "../../../functions/api/routes.ts";
import { OPERATIONS } from "../../../functions/api/table.ts";
import { HANDLERS } from "../../../functions/handlers.ts";
import { type Answer, type Calling, call, memoryContext } from "../calls.ts";
import type { MemoryStage } from "../stage.ts";

/** Calls by their id, as the table describes them. */

/** Every call, as the table has it. */
export const EVERY_CALL = Object.entries(OPERATIONS) as readonly (readonly [
  OperationId,
  Operation,
])[];

const DUMMIES: Readonly<Record<string, string>> = {
  id: "f".repeat(32),
  queue: "plans",
  number: "1",
};

/** Makes the call; what its path needs is of things that there are none of, unless told otherwise. */
export async function callTo(
  stage: MemoryStage,
  id: OperationId,
  calling: Calling = {},
): Promise<Answer> {
  const operation: Operation = OPERATIONS[id];
  const params = Object.fromEntries(
    parametersOf(operation).map((name) => [name, DUMMIES[name] ?? ""]),
  );
  const body = Object.values(operation.examples ?? {})[0]?.body;
  return call((await HANDLERS[id]())(memoryContext(stage)), {
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? ""),
    ...(body === undefined ? {} : { body }),
    ...calling,
    params: { ...params, ...calling.params },
  });
}
