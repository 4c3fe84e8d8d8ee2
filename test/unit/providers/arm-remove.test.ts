import { describe, expect, it } from "vitest";
import type { Limiter } from "../../../shared/pipeline/ports.ts";
import {
  allowed,
  armAsset,
  CHURN,
  CHURN_ASSET,
  eraserOn,
  GROUP,
  linesOf,
  SERVICE_ASSET,
  SUBSCRIPTION,
  serviceBody,
  workspaceBody,
} from "../../support/providers/arm-to-erase.ts";
import type { FakeAnswer } from "../../support/providers/fake-transport.ts";

const LOCK_ID = `${GROUP}/providers/Microsoft.Authorization/locks/do-not-delete`;
const LOCKS = JSON.stringify({
  value: [{ id: LOCK_ID, name: "do-not-delete", properties: { level: "CanNotDelete" } }],
});
const SCOPE_LOCKED = JSON.stringify({
  error: { code: "ScopeLocked", message: `scope(s) are locked: '${GROUP}'` },
});

/** Answers the look at the resource, the DELETE, and the list of locks. */
function arm(look: FakeAnswer, removal: FakeAnswer = {}, limiter?: Limiter) {
  return eraserOn(({ method, url }) => {
    if (method === "DELETE") return removal;
    return String(url).includes("/locks") ? { body: LOCKS } : look;
  }, limiter);
}

describe("a resource of ARM", () => {
  it.each([
    [CHURN_ASSET, workspaceBody(), "2019-10-01"],
    [SERVICE_ASSET, serviceBody(), "2017-01-01"],
  ])("is looked at and then deleted", async (asset, body, version) => {
    const { eraser, transport } = arm({ body });

    await eraser.erase(CHURN, asset, allowed);

    expect(linesOf(transport)).toEqual([`GET ${asset.sourceId}`, `DELETE ${asset.sourceId}`]);
    expect(transport.calls.map(({ url }) => new URL(url).search)).toEqual([
      `?api-version=${version}`,
      `?api-version=${version}`,
    ]);
  });

  it.each([404, 410])("that ARM answers %i for is gone, and nothing is deleted", async (status) => {
    const { eraser, transport } = arm({ status });

    expect(await eraser.erase(CHURN, CHURN_ASSET, allowed)).toEqual({ is: "gone" });
    expect(transport.calls).toHaveLength(1);
  });

  it("that goes between the look and the call is gone", async () => {
    const { eraser } = arm({ body: workspaceBody() }, { status: 404 });

    expect(await eraser.erase(CHURN, CHURN_ASSET, allowed)).toEqual({ is: "gone" });
  });

  it.each([
    [CHURN_ASSET, workspaceBody({ WorkspaceId: "0".repeat(32) })],
    [CHURN_ASSET, workspaceBody({ creationTime: "2018-01-01T00:00:00.0000000Z" })],
    [SERVICE_ASSET, serviceBody({ createdOn: "2018-04-02T00:00:00Z" })],
  ])("that is another one by the same name is not deleted", async (asset, body) => {
    const { eraser, transport } = arm({ body });

    const erasure = eraser.erase(CHURN, asset, allowed);

    await expect(erasure).rejects.toMatchObject({ code: "plan-stale" });
    expect(transport.calls.filter(({ method }) => method === "DELETE")).toEqual([]);
    expect(await eraser.remaining(CHURN, [asset])).toEqual([]);
  });

  it.each([
    ["of another workspace", SERVICE_ASSET, { machineLearningWorkspace: { id: "/other" } }],
    ["of nobody", SERVICE_ASSET, { machineLearningWorkspace: null }],
  ])("%s is not deleted", async (_whose, asset, properties) => {
    const { eraser, transport } = arm({ body: serviceBody(properties) });

    const erasure = eraser.erase(CHURN, asset, allowed);

    await expect(erasure).rejects.toMatchObject({ code: "outbound-refused" });
    expect(transport.calls.filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  it.each([
    armAsset("workspace", `${GROUP}/providers/Microsoft.MachineLearning/workspaces/other`),
    armAsset(
      "arm-web-service",
      `${GROUP}/providers/Microsoft.MachineLearningServices/webServices/a`,
    ),
    armAsset("arm-web-service", `${GROUP}/providers/Microsoft.Storage/storageAccounts/a`),
    armAsset("arm-web-service", `${SERVICE_ASSET.sourceId}/../../workspaces/churn`),
    armAsset("arm-web-service", `/subscriptions/${SUBSCRIPTION}`),
  ])("that is none of the workspace's ($sourceId) is not even looked at", async (asset) => {
    const { eraser, transport } = arm({ body: workspaceBody() });

    const erasure = eraser.erase(CHURN, asset, allowed);

    await expect(erasure).rejects.toMatchObject({ code: "outbound-refused" });
    expect(transport.calls).toEqual([]);
  });

  it("that is locked is named with its lock", async () => {
    const { eraser } = arm({ body: workspaceBody() }, { status: 409, body: SCOPE_LOCKED });

    const erasure = eraser.erase(CHURN, CHURN_ASSET, allowed);

    await expect(erasure).rejects.toMatchObject({
      code: "workspace-locked",
      message: 'The resource lock "do-not-delete" (CanNotDelete) forbids the deletion',
    });
  });

  it.each([
    [{ status: 409, body: '{"code":"Conflict","message":"busy"}' }, "source-unavailable"],
    [{ status: 403, body: '{"error":{"code":"AuthorizationFailed"}}' }, "workspace-denied"],
    [{ status: 429, headers: { "Retry-After": "3" } }, "source-throttled"],
    [{ status: 500 }, "source-unavailable"],
    [{ status: 400 }, "source-invalid"],
  ])("whose deletion gets %j fails with %s", async (answer, code) => {
    const { eraser } = arm({ body: workspaceBody() }, answer);

    await expect(eraser.erase(CHURN, CHURN_ASSET, allowed)).rejects.toMatchObject({ code });
  });

  it("is not deleted when the last look forbids it, and what that threw is thrown on", async () => {
    const { eraser, transport } = arm({ body: workspaceBody() });
    const held = new Error("held");

    const erasure = eraser.erase(CHURN, CHURN_ASSET, () => {
      throw held;
    });

    await expect(erasure).rejects.toBe(held);
    expect(linesOf(transport)).toEqual([`GET ${CHURN.armId}`]);
  });

  it("is asked for the last time right before the call leaves", async () => {
    const { eraser, transport } = arm({ body: workspaceBody() });
    const before: number[] = [];

    await eraser.erase(CHURN, CHURN_ASSET, () => before.push(transport.calls.length));

    expect(before).toEqual([1]);
  });
});

describe("the limits of ARM", () => {
  it("are asked before the first call, for all calls of a deletion at once", async () => {
    const taken: (readonly string[])[] = [];
    const limiter: Limiter = {
      take: async (buckets) => {
        taken.push(buckets);
        return 0;
      },
      empty: async () => undefined,
    };
    const { eraser } = arm({ body: workspaceBody() }, {}, limiter);

    await eraser.erase(CHURN, CHURN_ASSET, allowed);

    expect(taken).toEqual([
      [`arm-reads:${SUBSCRIPTION}:system`, `arm-deletes:${SUBSCRIPTION}:system`],
    ]);
  });

  it("send away with the time to wait, and nothing is called", async () => {
    const limiter: Limiter = { take: async () => 700, empty: async () => undefined };
    const { eraser, transport } = arm({ body: workspaceBody() }, {}, limiter);

    const erasure = eraser.erase(CHURN, CHURN_ASSET, allowed);

    await expect(erasure).rejects.toMatchObject({ code: "source-throttled", retryAfterMs: 700 });
    expect(transport.calls).toEqual([]);
  });

  it.each([
    [{ status: 429, headers: { "Retry-After": "30" } }, "deletes", 30_000],
    [{ status: 429 }, "deletes", 10_000],
    [{ headers: { "x-ms-ratelimit-remaining-subscription-deletes": "0" } }, "deletes", 1_000],
  ])("learn from the answer %j", async (answer, kind, forMs) => {
    const emptied: unknown[] = [];
    const limiter: Limiter = {
      take: async () => 0,
      empty: async (bucket, ms) => void emptied.push([bucket, ms]),
    };
    const { eraser } = arm({ body: workspaceBody() }, answer, limiter);

    await eraser.erase(CHURN, CHURN_ASSET, allowed).catch(() => undefined);

    expect(emptied).toEqual([[`arm-${kind}:${SUBSCRIPTION}:system`, forMs]]);
  });
});
