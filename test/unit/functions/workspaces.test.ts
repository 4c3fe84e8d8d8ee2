import { beforeEach, describe, expect, it } from "vitest";
import { getWorkspace } from "../../../functions/get-workspace.ts";
import { listWorkspaces } from "../../../functions/list-workspaces.ts";
import { registerWorkspaceRoute } from "../../../functions/register-workspace.ts";
import { removeWorkspaceRoute } from "../../../functions/remove-workspace.ts";
import type { Caller } from "../../../shared/core/caller.ts";
import {
  problemSchema,
  workspaceListSchema,
  workspaceViewSchema,
} from "../../../shared/core/wire.ts";
import { call, memoryContext, REQUESTER } from "../../support/calls.ts";
import {
  FREE_ID,
  FREE_TOKEN,
  GUEST_TOKEN,
  OTHER_FREE_TOKEN,
  PAID_TOKEN,
} from "../../support/memory/registrations.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const OTHER: Caller = { callerId: "22222222-2222-4222-8222-222222222222", roles: ["Requester"] };
const OPERATOR: Caller = { callerId: "33333333-3333-4333-8333-333333333333", roles: ["Operator"] };
const BODY = { region: "South Central US", token: FREE_TOKEN };

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage();
});

const put = (body: unknown, caller: Caller | null = REQUESTER, id = FREE_ID) =>
  call(registerWorkspaceRoute(memoryContext(stage)), { body, caller, params: { id } });
const get = (caller: Caller | null = REQUESTER, id = FREE_ID) =>
  call(getWorkspace(memoryContext(stage)), { caller, params: { id } });
const list = (caller: Caller | null = REQUESTER) =>
  call(listWorkspaces(memoryContext(stage)), { caller });
const remove = (caller: Caller | null = REQUESTER, id = FREE_ID) =>
  call(removeWorkspaceRoute(memoryContext(stage)), { caller, params: { id } });

describe("PUT /api/workspaces/{id}", () => {
  it("registers a free workspace in its region, and never answers with the token", async () => {
    const answer = await put(BODY);

    expect(answer.status).toBe(201);
    expect(answer.headers["location"]).toBe(`/api/workspaces/${FREE_ID}`);
    expect(workspaceViewSchema.strict().parse(answer.body)).toMatchObject({
      id: FREE_ID,
      accountType: "free",
      studioUrl: "https://studioapi.region.invalid",
      registeredBy: REQUESTER.callerId,
    });
    expect(JSON.stringify([answer, await get(), await list()])).not.toContain(FREE_TOKEN);
  });

  it("asks Studio with the token before anything is stored", async () => {
    await put({ ...BODY, token: "a-token-that-opens-nothing" });

    const { asked, vault, registry } = stage.registrations;
    expect(asked).toEqual([
      {
        workspaceId: FREE_ID,
        studioUrl: "https://studioapi.region.invalid",
        token: "a-token-that-opens-nothing",
      },
    ]);
    expect([vault.secrets.size, await registry.load(FREE_ID)]).toEqual([0, null]);
  });

  it("shows when a guest workspace ends", async () => {
    const { body } = await put({ ...BODY, type: "guest", token: GUEST_TOKEN });

    expect(body).toMatchObject({ accountType: "guest", expiresAt: "2026-01-15T16:00:00.000Z" });
  });

  it("takes an id with dashes and capitals, and answers 200 the second time", async () => {
    await put(BODY);

    const answer = await put(BODY, REQUESTER, "AAC8FA11-A245-83E8-D566-5FFEF9C54D04");

    expect(answer).toMatchObject({ status: 200, body: { id: FREE_ID } });
  });

  it.each<[string, unknown, number, string, string | null]>([
    ["a token that is refused", { token: "x".repeat(88) }, 403, "workspace-denied", null],
    ["a paid workspace", { token: PAID_TOKEN }, 422, "not-supported", null],
    ["another type than was said", { type: "guest" }, 400, "validation-failed", "/type"],
    ["a type that needs no token", { type: "standard" }, 400, "validation-failed", "/type"],
    ["a region that is none", { region: "mars" }, 400, "validation-failed", "/region"],
    ["no region", { region: undefined }, 400, "validation-failed", "/region"],
    [
      "two places",
      { studioUrl: "https://studioapi.region.invalid" },
      400,
      "validation-failed",
      "/region",
    ],
    [
      "an address that is no region's",
      { region: undefined, studioUrl: "https://169.254.169.254/" },
      400,
      "validation-failed",
      "/studioUrl",
    ],
    [
      "a token with a line break",
      { token: `${FREE_TOKEN}\nx` },
      400,
      "validation-failed",
      "/token",
    ],
    ["a member that is not known", { admin: true }, 400, "validation-failed", ""],
  ])("refuses %s, and stores nothing", async (_what, changes, status, code, pointer) => {
    const answer = await put({ ...BODY, ...(changes as object) });

    expect(answer).toMatchObject({ status, body: { code } });
    const { errors } = problemSchema.parse(answer.body);
    expect(errors?.[0]?.pointer ?? null).toBe(pointer);
    expect(stage.registrations.vault.secrets.size).toBe(0);
    expect(JSON.stringify(answer)).not.toMatch(/a-token-that|xxxx|169\.254|mars/);
  });

  it("sends a token to no host but a configured region's", async () => {
    for (const studioUrl of ["https://evil.invalid", "https://studioapi.region.invalid.evil"]) {
      await put({ studioUrl, token: FREE_TOKEN });
    }

    expect(stage.registrations.asked).toEqual([]);
  });

  it("refuses to replace somebody else's token, but only to who has a token of it", async () => {
    await put(BODY);

    const withToken = await put({ ...BODY, token: OTHER_FREE_TOKEN }, OTHER);
    const without = await put({ ...BODY, token: "y".repeat(88) }, OTHER);
    const byOperator = await put({ ...BODY, token: OTHER_FREE_TOKEN }, OPERATOR);

    expect([withToken, without, byOperator].map(({ status }) => status)).toEqual([403, 403, 200]);
    expect(withToken.body).toMatchObject({ code: "forbidden" });
    expect(without.body).toMatchObject({ code: "workspace-denied" });
  });
});

describe("the registered workspaces", () => {
  it("are listed to who registered them and to Operators", async () => {
    await put(BODY);

    const lists = await Promise.all([list(), list(OTHER), list(OPERATOR)]);

    const counts = lists.map(({ body }) => workspaceListSchema.parse(body).workspaces.length);
    expect(counts).toEqual([1, 0, 1]);
  });

  it("are not there for somebody else, to look at or to remove", async () => {
    await put(BODY);

    const answers = await Promise.all([get(OTHER), remove(OTHER)]);
    const unknown = await get(OTHER, "0".repeat(32));

    for (const answer of answers) expect(answer).toEqual(unknown);
    expect(unknown).toMatchObject({ status: 404, body: { code: "not-found" } });
    expect((await get()).status).toBe(200);
  });

  it.each(["nonsense", "..", "a".repeat(33)])("are not there by the id %s", async (id) => {
    expect([(await get(REQUESTER, id)).status, (await remove(REQUESTER, id)).status]).toEqual([
      404, 404,
    ]);
    expect((await put(BODY, REQUESTER, id)).status).toBe(400);
  });

  it("are removed with their token", async () => {
    await put(BODY);

    const removed = await remove();

    expect([removed.status, (await get()).status, (await remove()).status]).toEqual([
      204, 404, 404,
    ]);
    expect(stage.registrations.vault.secrets.size).toBe(0);
  });
});

it.each<[string, (caller: Caller | null) => ReturnType<typeof put>]>([
  ["registering", (caller) => put(BODY, caller)],
  ["listing", list],
  ["looking", get],
  ["removing", remove],
])("%s needs a token and the role of Requester or Operator", async (_what, ask) => {
  const auditor: Caller = { ...REQUESTER, roles: ["Auditor", "Approver"] };

  const answers = [await ask(null), await ask(auditor)];

  expect(answers.map(({ status }) => status)).toEqual([401, 403]);
});
