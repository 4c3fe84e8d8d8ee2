import { beforeEach, describe, expect, it } from "vitest";
import { getRequest } from "../../../functions/get-request.ts";
import { health } from "../../../functions/health.ts";
import type { Caller } from "../../../shared/core/caller.ts";
import { requestViewSchema } from "../../../shared/core/wire.ts";
import { AppError } from "../../../shared/errors.ts";
import { call, memoryContext } from "../../support/calls.ts";
import { submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "id\n1\n")]);
});

const other = (...roles: Caller["roles"]): Caller => ({ callerId: "somebody-else", roles });

describe("GET /api/privacy-requests/{id}", () => {
  it("shows state, stage, items and bytes done", async () => {
    const id = await submitted(stage);
    await runToEnd(stage);

    const answer = await call(getRequest(memoryContext(stage)), { params: { id } });

    const view = requestViewSchema.parse(answer.body);
    expect(answer.status).toBe(200);
    expect(view).toMatchObject({
      id,
      state: "completed",
      stage: "done",
      progress: { items: { done: 1, total: 1 }, bytes: { done: 21, total: 21 } },
      workspaces: [{ name: "contoso-churn", accountType: "standard" }],
      package: { url: `/api/privacy-requests/${id}/package` },
    });
  });

  it("hides the requests of others as if they did not exist", async () => {
    const id = await submitted(stage);
    const handler = getRequest(memoryContext(stage));

    const [hidden, unknown, malformed, operator] = await Promise.all([
      call(handler, { params: { id }, caller: other("Requester") }),
      call(handler, { params: { id: "f".repeat(32) }, caller: other("Requester") }),
      call(handler, { params: { id: "../x" }, caller: other("Operator") }),
      call(handler, { params: { id }, caller: other("Operator") }),
    ]);

    expect(hidden).toMatchObject({ status: 404, body: { code: "not-found" } });
    expect(unknown.body).toEqual(hidden.body);
    expect(malformed.status).toBe(404);
    expect(operator.status).toBe(200);
  });
});

describe("GET /api/health", () => {
  it("needs no token, and fails when the ledger does not answer", async () => {
    const handler = health(memoryContext(stage));
    expect((await call(handler, { caller: null })).body).toEqual({ status: "ok" });

    Object.assign(stage.dueIndex, {
      until: () => Promise.reject(new AppError("store-unavailable", "The store is down")),
    });

    expect(await call(handler, { caller: null })).toMatchObject({
      status: 503,
      headers: { "retry-after": "5" },
      body: { code: "store-unavailable" },
    });
    expect(JSON.parse(stage.lines.at(-1) ?? "")).toMatchObject({
      event: "call-failed",
      code: "store-unavailable",
      error: null,
    });
  });
});
