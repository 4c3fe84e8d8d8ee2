import { randomUUID } from "node:crypto";
import { identityBodySchema, type PlanView, submitBodySchema } from "../../shared/core/wire.ts";
import type { Decision } from "../api-client.ts";
import type { CommandContext } from "../command-context.ts";
import { CommandError } from "../command-error.ts";
import { formatBytes } from "../progress-line.ts";
import { notAScope, scopeOf } from "../scope.ts";
import { requestLine } from "../watch-request.ts";

export type DeleteOptions = {
  /** Everything about this person, in place of a workspace. */
  readonly subject?: string;
  /** Single assets, each as `<kind>:<id>`; without any, the whole workspace. */
  readonly asset?: readonly string[];
  readonly exportFirst?: boolean;
  readonly key?: string;
};

/** `studio-dsr delete [workspace]`: asks for a deletion. Nothing is deleted before its plan is approved. */
export async function submitDelete(
  { client, print }: CommandContext,
  workspace: string | undefined,
  { subject, asset: assets, exportFirst = false, key = randomUUID() }: DeleteOptions,
): Promise<void> {
  const scope = scopeOf({ workspace, subject, assets });
  const body = submitBodySchema.safeParse({ kind: "delete", scope, exportFirst });
  if (!body.success) throw notAScope();
  const request = await client.submit(body.data, key);
  const next = `Read its plan when it is there: studio-dsr plan ${request.id}`;
  print(`${requestLine(request)}\n${next}`, request);
}

/** `studio-dsr plan <id>`: what a deletion would delete, and the hash that an approval has to name. */
export async function showPlan(
  { client, print }: CommandContext,
  requestId: string,
): Promise<void> {
  const plan = await client.getPlan(requestId);
  print(planText(plan), plan);
}

/** `studio-dsr approve <id>`: approves the plan that was read. */
export async function approve(
  { client, print }: CommandContext,
  requestId: string,
  { planHash, comment }: { readonly planHash: string; readonly comment?: string },
): Promise<void> {
  const request = await client.approve(requestId, planHash, comment);
  print(requestLine(request), request);
}

/** `studio-dsr refuse | cancel | hold | release | extend | await-identity <id>`. */
export async function decide(
  { client, print }: CommandContext,
  requestId: string,
  decision: Decision,
  { reason }: { readonly reason?: string },
): Promise<void> {
  const request = await client.decide(requestId, decision, reason);
  print(requestLine(request), request);
}

/** `studio-dsr confirm-identity <id>`: records how it was confirmed whose data it is. */
export async function confirmIdentity(
  { client, print }: CommandContext,
  requestId: string,
  options: Readonly<Record<"method" | "level", string>> & { readonly verifiedAt?: string },
): Promise<void> {
  const body = identityBodySchema.safeParse(options);
  if (!body.success) {
    const found = body.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new CommandError(["The evidence cannot be recorded like this.", ...found].join("\n"), {
      exitCode: 2,
    });
  }
  const request = await client.confirmIdentity(requestId, body.data);
  print(requestLine(request), request);
}

function planText(plan: PlanView): string {
  const { planHash, assets, blockers, leftBehind, manualSteps } = plan;
  const kept = assets.filter(({ way }) => way === "keep");
  const gone = assets.filter(({ way }) => way === "erase" || way === "with");
  const bytes = gone.reduce((sum, asset) => sum + asset.bytes, 0);
  return [
    `Plan ${planHash}`,
    `Deletes ${gone.length} assets, ${formatBytes(bytes)}; keeps ${kept.length}.`,
    ...gone.map(({ kind, name, id }) => `  delete  ${kind}  ${name}  (${id})`),
    ...kept.map(({ kind, name, reason }) => `  keep    ${kind}  ${name}: ${reason ?? ""}`),
    ...blockers.map(({ name, level }) => `Blocked by the lock ${name} (${level}).`),
    ...leftBehind.map(({ text }) => `Stays behind: ${text}`),
    ...manualSteps.map(({ text }) => `By hand: ${text}`),
    `Approve it with: studio-dsr approve ${plan.requestId} --plan-hash ${planHash}`,
  ].join("\n");
}
