import type { HttpHandler } from "@azure/functions";
import { beforeEach, describe, expect, it } from "vitest";
import { approveRequest } from "../../../functions/approve-request.ts";
import { cancelRequest } from "../../../functions/cancel-request.ts";
import { getDeletionControls, setDeletionControls } from "../../../functions/deletion-controls.ts";
import { getPlan } from "../../../functions/get-plan.ts";
import { holdRequest, releaseRequest } from "../../../functions/hold-request.ts";
import { refuseRequest } from "../../../functions/refuse-request.ts";
import type { Context } from "../../../shared/context.ts";
import type { Caller, Role } from "../../../shared/core/caller.ts";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import { planViewSchema, requestViewSchema } from "../../../shared/core/wire.ts";
import { type Calling, call, memoryContext, REQUESTER } from "../../support/calls.ts";
import { APPROVER, dataSets, planned } from "../../support/deletions.ts";
import { requestOf } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

let stage: MemoryStage;
let request: PrivacyRequest;
beforeEach(async () => {
  stage = memoryStage([aDataset("a.csv", "1")]);
  request = await planned(stage, dataSets("a.csv"));
});

const other = (...roles: Role[]): Caller => ({ callerId: APPROVER, roles });

function at(handler: (context: Context) => HttpHandler, calling: Calling = {}) {
  return call(handler(memoryContext(stage)), { params: { id: request.requestId }, ...calling });
}

const approval = () => ({ planHash: request.plan?.planHash ?? "" });
const reason = { reason: "litigation" };

describe("who may", () => {
  it.each<[string, (context: Context) => HttpHandler, unknown, Caller, number]>([
    ["approve: an Approver", approveRequest, null, other("Approver"), 200],
    ["approve: an Operator", approveRequest, null, other("Operator"), 403],
    ["approve: an Auditor", approveRequest, null, other("Auditor"), 403],
    ["approve: the submitter", approveRequest, null, REQUESTER, 403],
    [
      "approve: the submitter who approves too",
      approveRequest,
      null,
      { ...REQUESTER, roles: ["Requester", "Approver"] },
      403,
    ],
    ["refuse: an Approver", refuseRequest, reason, other("Approver"), 200],
    ["refuse: another Requester", refuseRequest, reason, other("Requester"), 403],
    ["cancel: the submitter", cancelRequest, {}, REQUESTER, 200],
    ["cancel: an Operator", cancelRequest, {}, other("Operator"), 200],
    ["cancel: another Requester", cancelRequest, {}, other("Requester"), 404],
    ["cancel: a Requester who approves", cancelRequest, {}, other("Requester", "Approver"), 403],
    ["hold: an Operator", holdRequest, reason, other("Operator"), 200],
    ["hold: the submitter", holdRequest, reason, REQUESTER, 403],
    ["hold: an Approver", holdRequest, reason, other("Approver"), 403],
    ["release: an Operator", releaseRequest, reason, other("Operator"), 200],
    ["release: an Approver", releaseRequest, reason, other("Approver"), 403],
    [
      "set the controls: an Operator",
      setDeletionControls,
      { stopped: true, hourlyCap: null },
      other("Operator"),
      200,
    ],
    [
      "set the controls: an Approver",
      setDeletionControls,
      { stopped: true, hourlyCap: null },
      other("Approver"),
      403,
    ],
  ])("%s (%#)", async (_who, handler, body, caller, status) => {
    const answer = await at(handler, { caller, body: body ?? approval() });

    expect(answer.status).toBe(status);
  });

  it.each<[Role, number]>([
    ["Requester", 404],
    ["Approver", 200],
    ["Operator", 200],
    ["Auditor", 200],
  ])("read the plan of somebody else: %s", async (role, status) => {
    expect((await at(getPlan, { caller: other(role) })).status).toBe(status);
  });
});

describe("GET .../plan", () => {
  it("is JSON with everything that an approval signs", async () => {
    const plan = planViewSchema.parse((await at(getPlan)).body);

    expect(plan).toMatchObject({ planHash: request.plan?.planHash, summary: { erase: 1 } });
    expect(plan.assets.map(({ kind, id, way }) => [kind, id, way])).toEqual([
      ["dataset", "dataset-a.csv", "erase"],
    ]);
  });

  it.each<[string, Calling, string]>([
    ["accepts HTML", { headers: { accept: "text/html,application/xhtml+xml" } }, "text/html"],
    ["accepts CSV", { headers: { accept: "text/csv" } }, "text/csv"],
    ["asks for HTML", { query: { format: "html" } }, "text/html"],
    ["asks for CSV", { query: { format: "csv" } }, "text/csv"],
  ])("is for a person who %s", async (_how, calling, type) => {
    const answer = await at(getPlan, calling);

    expect(answer.headers["content-type"]).toBe(`${type}; charset=utf-8`);
    expect(answer.body).toContain("dataset-a.csv");
  });

  it("refuses another format", async () => {
    const answer = await at(getPlan, { query: { format: "pdf" } });

    expect(answer).toMatchObject({ status: 400, body: { code: "validation-failed" } });
  });
});

describe("POST .../approval", () => {
  it("answers with the instant at which the deletion begins, and the same again", async () => {
    const calling = { caller: other("Approver"), body: approval() };

    const [first, second] = [await at(approveRequest, calling), await at(approveRequest, calling)];

    const view = requestViewSchema.parse(first.body);
    expect(view).toMatchObject({
      state: "scheduled",
      deletion: { approvals: { given: 1, needed: 1 }, deletesAt: "2026-01-16T08:00:00.000Z" },
    });
    expect(second.body).toEqual(first.body);
  });

  it("answers 409 to the hash of another plan", async () => {
    const answer = await at(approveRequest, {
      caller: other("Approver"),
      body: { planHash: "f".repeat(64) },
    });

    expect(answer).toMatchObject({ status: 409, body: { code: "plan-stale" } });
    expect((await requestOf(stage, request.requestId)).approvals).toEqual([]);
  });

  it("never takes the submitter's own, however many come at once beside a good one", async () => {
    const own: Caller = { ...REQUESTER, roles: ["Requester", "Approver"] };
    const calls = Array.from({ length: 20 }, (_unused, index) =>
      at(approveRequest, { caller: index === 10 ? other("Approver") : own, body: approval() }),
    );

    const statuses = (await Promise.all(calls)).map(({ status }) => status);

    expect(statuses.filter((status) => status === 403)).toHaveLength(19);
    const { approvals } = await requestOf(stage, request.requestId);
    expect(approvals.map(({ approver }) => approver)).toEqual([APPROVER]);
  });

  it("keeps a comment out of the history, the events and the log", async () => {
    const comment = "Ms Lovelace asked twice";
    await at(approveRequest, { caller: other("Approver"), body: { ...approval(), comment } });

    const history = await Array.fromAsync(stage.ledger.history(request.requestId));
    expect(history.at(-1)?.note).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([history, stage.bus.events, stage.lines])).not.toContain("Lovelace");
  });
});

describe("the controls of all deletions", () => {
  it("say who set them, and when", async () => {
    const body = { stopped: true, hourlyCap: 100 };
    await at(setDeletionControls, { caller: other("Operator"), body });

    expect((await at(getDeletionControls, { caller: other("Auditor") })).body).toEqual({
      ...body,
      updatedAt: stage.clock.now(),
      updatedBy: APPROVER,
    });
  });
});
