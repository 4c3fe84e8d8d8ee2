import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workspaceIdOf } from "../../local/simulators/seed/derived-ids.ts";
import { type PlanView, planViewSchema } from "../../shared/core/wire.ts";
import { jsonBody, type LocalStack, localStack } from "../support/e2e/local-stack.ts";
import { brokerClient, messagesOf } from "../support/e2e/stored.ts";

const CONTOSO =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn";

/** A small one. */
const ARCHIVE = workspaceIdOf("S2");

type Called = { readonly method: string };

let local: LocalStack;
beforeAll(async () => {
  local = await localStack({ GRACE_HOURS: "0", VERIFY_BASE_MS: "200", RETRY_BASE_MS: "50" });
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
});

async function submitDelete(scope: unknown, exportFirst = false): Promise<string> {
  const body = jsonBody({ kind: "delete", scope, exportFirst });
  const answer = await local.api("/api/privacy-requests", body);
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

async function planOf(id: string): Promise<PlanView> {
  const answer = await local.api(`/api/privacy-requests/${id}/plan`, {}, "approver-app");
  return planViewSchema.parse(await answer.json());
}

async function approve(id: string, clientId = "approver-app"): Promise<number> {
  const { planHash } = await planOf(id);
  const path = `/api/privacy-requests/${id}/approval`;
  return (await local.api(path, jsonBody({ planHash }), clientId)).status;
}

describe("a deletion through the HTTP door", () => {
  it("deletes one data set after the approval of a second identity, and nothing else", async () => {
    const listing = await submitDelete({ workspace: CONTOSO });
    await local.until(listing, ["awaiting-approval"]);
    const all = (await planOf(listing)).assets.filter(({ kind }) => kind === "dataset");
    const [one] = all;
    const scope = { assets: [{ kind: "dataset", id: one?.id, workspace: CONTOSO }] };

    const id = await submitDelete(scope);
    await local.until(id, ["awaiting-approval"]);
    expect(await approve(id, "requester-tool")).toBe(403);
    expect(await approve(id)).toBe(200);
    const done = await local.until(id, ["completed"]);

    expect(done.deletion?.outcomes).toMatchObject({ deleted: 1, failed: 0 });
    // What was planned before is another workspace now: nothing of it is deleted.
    expect(await approve(listing)).toBe(200);
    await expect
      .poll(async () => (await local.view(listing)).deletion?.plan?.generation, { timeout: 60_000 })
      .toBe(2);
    expect(await local.until(listing, ["awaiting-approval"])).toMatchObject({
      failure: { code: "plan-stale" },
    });
    const left = (await planOf(listing)).assets.filter(({ kind }) => kind === "dataset");
    expect(left.map((asset) => asset.id)).toEqual(
      all.map((asset) => asset.id).filter((other) => other !== one?.id),
    );
  });

  it("is not made by a message that somebody puts on an internal queue", async () => {
    const { urls } = local.stack;
    const [exported, waiting] = await Promise.all([
      local.submit(ARCHIVE),
      submitDelete({ workspace: ARCHIVE }),
    ]);
    const seen = async () => {
      const [done, planned] = await Promise.all([local.view(exported), local.view(waiting)]);
      const { state, failure, exceptions, deletion } = planned;
      return {
        done: [done.state, done.exceptions],
        planned: { state, failure, exceptions, deletion },
      };
    };
    await local.until(exported, ["completed"]);
    await local.until(waiting, ["awaiting-approval"]);
    const before = await seen();
    await fetch(`${urls.control}/control/calls`, { method: "DELETE" });
    await using client = brokerClient(local);
    const byHand = [exported, waiting, "f".repeat(32)].flatMap((requestId) => [
      { requestId, step: "delete", slice: "1-001-000000", attempt: 1 },
      { requestId, step: "delete", slice: "1-000-000000", attempt: 9 },
      { requestId, step: "verify", slice: "", attempt: 99 },
      { requestId, step: "start", slice: "", attempt: 99 },
    ]);

    const senders = ["deletes", "plans"].map((queue) => client.createSender(queue));
    for (const sender of senders) await sender.sendMessages(byHand.map((body) => ({ body })));

    const left = () => Promise.all(["deletes", "plans"].map((queue) => messagesOf(client, queue)));
    await expect.poll(left, { timeout: 60_000 }).toEqual([[], []]);
    expect(await seen()).toEqual(before);
    const calls = (await (await fetch(`${urls.control}/control/calls`)).json()) as Called[];
    expect(calls.filter(({ method }) => method === "DELETE")).toEqual([]);
    expect(await messagesOf(client, "deletes", { isDead: true })).toEqual([]);
  });

  it("exports a standard workspace, then deletes it through ARM, and finds it gone", async () => {
    const id = await submitDelete({ workspace: CONTOSO }, true);
    const waiting = await local.until(id, ["awaiting-approval"]);
    expect(waiting.package).toMatchObject({ purgeAt: null });
    const { leftBehind, package: sealed } = await planOf(id);
    expect(leftBehind.length).toBeGreaterThan(0);
    expect(sealed?.manifestSha256).toMatch(/^[0-9a-f]{64}$/);
    await local.download(id);

    expect(await approve(id)).toBe(200);
    const done = await local.until(id, ["completed", "completed-with-exceptions"]);

    expect(done.deletion?.outcomes).toMatchObject({ failed: 0, blockedBy: 0 });
    expect(done.package?.purgeAt).not.toBeNull();
    const gone = await local.submit(CONTOSO);
    expect(await local.until(gone, ["failed"])).toMatchObject({
      failure: { code: "workspace-not-found" },
    });
  });
});
