import { randomUUID } from "node:crypto";
import { type PlanView, submitBodySchema } from "../../shared/core/wire.ts";
import type { Decision } from "../api-client.ts";
import type { CommandContext } from "../command-context.ts";
import { CommandError } from "../command-error.ts";
import { formatBytes } from "../progress-line.ts";
import { requestLine } from "../watch-request.ts";

export type DeleteOptions = {
  /** Single assets, each as `<kind>:<id>`; without any, the whole workspace. */
  readonly asset?: readonly string[];
  readonly exportFirst?: boolean;
  readonly key?: string;
};

/** `studio-dsr delete <workspace>`: asks for a deletion. Nothing is deleted before its plan is approved. */
export async function submitDelete(
  { client, print }: CommandContext,
  workspace: string,
  { asset = [], exportFirst = false, key = randomUUID() }: DeleteOptions,
): Promise<void> {
  const assets = asset.map((text) => assetRef(text, workspace));
  const scope = assets.length === 0 ? { workspace } : { assets };
  const body = submitBodySchema.safeParse({ kind: "delete", scope, exportFirst });
  if (!body.success) {
    throw new CommandError(
      "Name the workspace by its ARM id or its id of 32 hex digits, and assets as <kind>:<id>, such as dataset:<id>.",
      { exitCode: 2 },
    );
  }
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

/** `studio-dsr refuse | cancel | hold | release <id>`. */
export async function decide(
  { client, print }: CommandContext,
  requestId: string,
  decision: Decision,
  { reason }: { readonly reason?: string },
): Promise<void> {
  const request = await client.decide(requestId, decision, reason);
  print(requestLine(request), request);
}

function assetRef(text: string, workspace: string) {
  const at = text.indexOf(":");
  return { kind: text.slice(0, at), id: text.slice(at + 1), workspace };
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
