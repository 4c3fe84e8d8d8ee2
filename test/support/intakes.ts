import type { PrivacyRequest } from "../../shared/core/request.ts";
import type { Scope } from "../../shared/core/scope.ts";
import { type Intake, submit } from "../../shared/pipeline/intake.ts";
import { WORKSPACE } from "./memory/source.ts";
import type { MemoryStage } from "./stage.ts";

/** Submissions for tests. */

/** A submission of an export by one tool. */
export function anIntake(scope: Scope = { workspaces: [WORKSPACE.workspaceId] }): Intake {
  return {
    submitter: "11111111-1111-4111-8111-111111111111",
    source: "http",
    idempotencyKey: "ticket-7",
    body: { kind: "export", scope },
    traceParent: null,
  };
}

/** Submits and returns the id of the request. */
export async function submitted(stage: MemoryStage, intake = anIntake()): Promise<string> {
  return (await submit(stage, intake)).request.requestId;
}

/** The request as the ledger has it. */
export async function requestOf(
  { ledger }: Pick<MemoryStage, "ledger">,
  requestId: string,
): Promise<PrivacyRequest> {
  const stored = await ledger.load(requestId);
  if (stored === null) throw new Error(`There is no request ${requestId}`);
  return stored.value;
}
