import { type OutcomeLine, outcomeLineSchema } from "../../shared/core/erasure.ts";
import type { PrivacyRequest } from "../../shared/core/request.ts";
import type { Scope } from "../../shared/core/scope.ts";
import { approveRequest } from "../../shared/pipeline/decide-request.ts";
import { knownLines } from "../../shared/pipeline/ndjson.ts";
import { reconcile } from "../../shared/pipeline/reconciler.ts";
import { runStep } from "../../shared/pipeline/run-step.ts";
import { anIntake, requestOf, submitted } from "./intakes.ts";
import { WORKSPACE } from "./memory/source.ts";
import type { MemoryStage } from "./stage.ts";

/** Deletions for tests. */

export const APPROVER = "22222222-2222-4222-8222-222222222222";
export const SECOND_APPROVER = "33333333-3333-4333-8333-333333333333";
export const WHOLE: Scope = { workspaces: [WORKSPACE.workspaceId] };

/** The scope of single data sets, by the names that `aDataset` took. */
export function dataSets(...names: string[]): Scope {
  const workspace = WORKSPACE.workspaceId;
  return { assets: names.map((name) => ({ kind: "dataset", id: `dataset-${name}`, workspace })) };
}

/** Submits a deletion and runs it to its plan. */
export async function planned(
  stage: MemoryStage,
  scope: Scope = WHOLE,
  exportFirst = false,
): Promise<PrivacyRequest> {
  const body = { kind: "delete", scope, exportFirst } as const;
  const requestId = await submitted(stage, { ...anIntake(), idempotencyKey: null, body });
  await runDue(stage);
  return requestOf(stage, requestId);
}

/** Approves the present plan of a request. */
export async function approved(
  stage: MemoryStage,
  { requestId }: PrivacyRequest,
  approver = APPROVER,
): Promise<PrivacyRequest> {
  const planHash = (await requestOf(stage, requestId)).plan?.planHash ?? "";
  return approveRequest(stage, requestId, { approver, planHash, comment: null });
}

/** Delivers what is due now, and what becomes due by that. */
export async function runDue(stage: MemoryStage): Promise<void> {
  await stage.bus.drain((message) => runStep(stage, message));
}

/** Moves the clock on, minute by minute, delivers what is due and reconciles. */
export async function pass(stage: MemoryStage, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    stage.clock.advance(60_000);
    await runDue(stage);
    await reconcile(stage);
    await runDue(stage);
  }
}

/** Lets the grace period pass and runs the deletion until nothing is due within the hour. */
export async function carriedOut(
  stage: MemoryStage,
  { requestId }: PrivacyRequest,
): Promise<PrivacyRequest> {
  stage.clock.advance(stage.pace.graceMs);
  await pass(stage, 60);
  return requestOf(stage, requestId);
}

/** The outcomes of a deletion, as they are recorded. */
export async function outcomesOf(
  stage: MemoryStage,
  { requestId, result }: PrivacyRequest,
): Promise<OutcomeLine[]> {
  if (result === null) throw new Error("The deletion has no outcomes");
  const ref = { requestId, name: result.outcomes };
  return Array.fromAsync(knownLines(stage.packages, ref, result.outcomesSha256, outcomeLineSchema));
}
