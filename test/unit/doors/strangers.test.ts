import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { parametersOf } from "../../../functions/api/operation.ts";
import type { OperationId } from "../../../functions/api/routes.ts";
import { OPERATIONS } from "../../../functions/api/table.ts";
import type { Caller } from "../../../shared/core/caller.ts";
import { reachOf } from "../../../shared/core/reach.ts";
import { registerWorkspace } from "../../../shared/pipeline/register-workspace.ts";
import { REQUESTER } from "../../support/calls.ts";
import { assertDescribed } from "../../support/doors/assert-described.ts";
import { callTo, EVERY_CALL } from "../../support/doors/every-call.ts";
import { anIntake, submitted } from "../../support/intakes.ts";
import { FREE_ID, FREE_TOKEN } from "../../support/memory/registrations.ts";
import { WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

/** Calls about one thing. */
const ABOUT = EVERY_CALL.filter(([, operation]) => parametersOf(operation).length > 0);
const OF_REQUESTS = ABOUT.filter(([, { path }]) => path.includes("/privacy-requests/"));
const OF_REGISTRATIONS = ABOUT.filter(([id]) => id === "getWorkspace" || id === "removeWorkspace");
/** Calls about what is nobody's own, and why. */
const OF_NOBODY: Readonly<Partial<Record<OperationId, string>>> = {
  registerWorkspace: "whoever has its token may; a stranger's token does not open it",
  getInventory: "workspaces belong to nobody here; how far a caller reaches is a setting",
  replayDeadLetter: "Operators see all",
  discardDeadLetter: "Operators see all",
  runTimer: "Operators see all",
};
const stranger = (roles: Caller["roles"]): Caller => ({ callerId: "a-stranger", roles });

let stage: MemoryStage;
let requestId: string;
beforeEach(async () => {
  stage = memoryStage();
  requestId = await submitted(stage, anIntake());
  await runToEnd(stage);
  await registerWorkspace(stage.registrations, {
    caller: REQUESTER,
    workspaceId: FREE_ID,
    body: { region: "southcentralus", token: FREE_TOKEN },
  });
});

it("every call about one thing is held here, or has a reason not to be", () => {
  const held = [...OF_REQUESTS, ...OF_REGISTRATIONS].map(([id]) => id);

  expect([...held, ...Object.keys(OF_NOBODY)].sort()).toEqual(ABOUT.map(([id]) => id).sort());
});

describe("a request of somebody else", () => {
  it.each(OF_REQUESTS)("is not there for a stranger who calls %s", async (id, { roles }) => {
    const before = await stage.ledger.load(requestId);
    const allowed = roles.filter((role) => role === "Requester" || role === "Approver");

    for (const role of allowed) {
      const answer = await callTo(stage, id, {
        caller: stranger([role]),
        params: { id: requestId },
      });
      const none = await callTo(stage, id, { caller: stranger([role]) });

      expect(answer).toMatchObject({ status: 404, body: { code: "not-found" } });
      expect(answer.body).toEqual(none.body);
    }
    expect(await stage.ledger.load(requestId)).toEqual(before);
  });

  it("is not in their list", async () => {
    const theirs = await callTo(stage, "listRequests", { caller: stranger(["Requester"]) });
    const approver = await callTo(stage, "listRequests", { caller: stranger(["Approver"]) });
    const mine = await callTo(stage, "listRequests");
    const all = await callTo(stage, "listRequests", { caller: stranger(["Auditor"]) });

    const none = { requests: [], cursor: null };
    expect([theirs.body, approver.body]).toEqual([none, none]);
    expect(mine.body).toMatchObject({ requests: [{ id: requestId }] });
    expect(all.body).toEqual(mine.body);
    assertDescribed("listRequests", all);
  });
});

describe("a registration of somebody else", () => {
  it.each(OF_REGISTRATIONS)("is not there for a stranger who calls %s", async (id) => {
    const answer = await callTo(stage, id, {
      caller: stranger(["Requester"]),
      params: { id: FREE_ID },
    });

    expect(answer).toMatchObject({ status: 404, body: { code: "not-found" } });
    expect((await callTo(stage, "getWorkspace", { params: { id: FREE_ID } })).status).toBe(200);
  });
});

describe("a workspace that a caller does not reach", () => {
  it("is not there, whichever call names it", async () => {
    const scoped = { ...stage, reach: reachOf({}) };
    const calling = { caller: stranger(["Requester"]) };
    const workspace = WORKSPACE.workspaceId;

    const answers = [
      await callTo(scoped, "getInventory", { ...calling, params: { id: workspace } }),
      await callTo(scoped, "submitRequest", {
        ...calling,
        body: { kind: "export", scope: { workspace } },
      }),
      await callTo(scoped, "submitRequest", {
        ...calling,
        body: { kind: "export", scope: { subject: { email: "maja@contoso.example" } } },
      }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 403]);
  });

  it("is not taken over by who has no token that opens it", async () => {
    const answer = await callTo(stage, "registerWorkspace", {
      caller: stranger(["Requester"]),
      params: { id: FREE_ID },
      body: { region: "southcentralus", token: "x".repeat(40) },
    });

    expect(answer).toMatchObject({ status: 403, body: { code: "workspace-denied" } });
  });
});

describe("an id", () => {
  it("can be anything without an answer that is not described", async () => {
    const anyId = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom(
        "..",
        "../../x",
        "%2e%2e",
        "'",
        "a' or 1 eq 1",
        "__proto__",
        "",
        "\u0000",
        "/",
      ),
      fc.stringMatching(/^[0-9A-Fa-f]{31,33}$/),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ABOUT.map(([id]) => id)), anyId, async (id, text) => {
        const { roles } = OPERATIONS[id];
        const answer = await callTo(stage, id, { caller: stranger(roles), params: { id: text } });

        expect([400, 403, 404, 409]).toContain(answer.status);
        assertDescribed(id, answer);
      }),
      { numRuns: 400 },
    );
  });
});
