import { InvocationContext } from "@azure/functions";
import { beforeEach, describe, expect, it } from "vitest";
import { getPackage } from "../../../functions/get-package.ts";
import { getRequest } from "../../../functions/get-request.ts";
import { health } from "../../../functions/health.ts";
import { stepHandler } from "../../../functions/message.ts";
import type { Caller } from "../../../shared/core/caller.ts";
import { packageViewSchema, requestViewSchema } from "../../../shared/core/wire.ts";
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

describe("GET /api/privacy-requests/{id}/package", () => {
  it("lists every file of the bag with a link", async () => {
    const id = await submitted(stage);
    await runToEnd(stage);

    const answer = await call(getPackage(memoryContext(stage)), { params: { id } });

    const view = packageViewSchema.parse(answer.body);
    expect(view.files.map(({ path }) => path)).toEqual([
      "bag-info.txt",
      "bagit.txt",
      "manifest-sha256.txt",
      "tagmanifest-sha256.txt",
      "data/workspace/datasets/a.csv/a.csv",
      "data/workspace/datasets/a.csv/metadata.json",
    ]);
    expect(view.zip).toBeNull();
  });

  it("answers 409 before the seal", async () => {
    const id = await submitted(stage);

    const answer = await call(getPackage(memoryContext(stage)), { params: { id } });

    expect(answer).toMatchObject({ status: 409, body: { code: "package-not-ready" } });
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
  });
});

describe("a message", () => {
  const run = (body: unknown) => stepHandler(memoryContext(stage))(body, new InvocationContext());

  it.each([
    null,
    "text",
    7,
    {},
    { requestId: "x" },
    { requestId: "f".repeat(32), step: "plan", slice: "", attempt: 1, workspace: "x" },
  ])("that is no pointer is given back to the broker: %j", async (body) => {
    await expect(run(body)).rejects.toMatchObject({ code: "message-invalid" });
  });

  it("that nobody sent does nothing, whatever it points to", async () => {
    const id = await submitted(stage);
    for (const step of ["start", "export", "seal"]) {
      await run({
        requestId: id,
        step,
        slice: step === "export" ? "001-01-000001" : "",
        attempt: 1,
      });
    }
    await run({ requestId: "f".repeat(32), step: "plan", slice: "", attempt: 1 });

    expect((await stage.ledger.load(id))?.value).toMatchObject({
      state: "accepted",
      historyCount: 1,
    });
  });

  it("to delete, made by hand, ends nothing", async () => {
    const id = await submitted(stage);

    const deleted = run({ requestId: id, step: "delete", slice: "001-01-000001", attempt: 1 });

    await expect(deleted).resolves.toBeUndefined();
    expect((await stage.ledger.load(id))?.value.state).toBe("accepted");
  });
});
