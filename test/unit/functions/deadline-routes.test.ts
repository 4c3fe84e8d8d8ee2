import { describe, expect, it } from "vitest";
import {
  awaitIdentity,
  confirmIdentity,
  extendRequest,
} from "../../../functions/deadline-decisions.ts";
import { getRegister } from "../../../functions/get-register.ts";
import { runTimer } from "../../../functions/upkeep.ts";
import type { Role } from "../../../shared/core/caller.ts";
import { call, memoryContext, REQUESTER } from "../../support/calls.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { memoryStage, runToEnd } from "../../support/stage.ts";

const DAY_MS = 86_400_000;
const somebody = (...roles: Role[]) => ({
  callerId: "44444444-4444-4444-8444-444444444444",
  roles,
});

describe("the statutory date of a request", () => {
  it("is extended by an Operator before it is over, and by nobody else", async () => {
    const stage = memoryStage([aDataset("a.csv", "1")]);
    const id = await submitted(stage);
    const first = (await requestOf(stage, id)).dueAt ?? "";
    const extend = (caller = somebody("Operator")) =>
      call(extendRequest(memoryContext(stage)), {
        params: { id },
        caller,
        body: { reason: "many workspaces" },
      });

    const refused = await extend(somebody("Auditor"));
    const extended = await extend();

    expect(refused.status).toBe(403);
    expect(extended.status).toBe(200);
    expect((await requestOf(stage, id)).dueAt?.localeCompare(first)).toBe(1);
  });

  it("stands still while an identity is awaited, and moves by the days that took", async () => {
    const stage = memoryStage([aDataset("a.csv", "1")]);
    const id = await submitted(stage);
    const first = (await requestOf(stage, id)).dueAt ?? "";
    const context = memoryContext(stage);

    const waiting = await call(awaitIdentity(context), {
      params: { id },
      body: { reason: "an unknown address" },
    });
    stage.clock.advance(10 * DAY_MS);
    const evidence = { method: "id-card", level: "substantial", verifiedAt: stage.clock.now() };
    const confirmed = await call(confirmIdentity(context), {
      params: { id },
      caller: somebody("Operator"),
      body: evidence,
    });

    expect([waiting.status, confirmed.status]).toEqual([200, 200]);
    const moved = (await requestOf(stage, id)).dueAt ?? "";
    // The first date may have been moved on by a weekend, which the later one need not be.
    expect(Date.parse(moved) - Date.parse(first)).toBeGreaterThanOrEqual(8 * DAY_MS);
  });
});

describe("the register", () => {
  it("counts finished requests for an Auditor, as JSON and as CSV, and names nobody", async () => {
    const stage = memoryStage([aDataset("a.csv", "1")]);
    await submitted(stage);
    await runToEnd(stage);
    const register = (format: string, caller = somebody("Auditor")) =>
      call(getRegister(memoryContext(stage)), { caller, query: { format } });

    const json = JSON.stringify((await register("json")).body);
    const csv = String((await register("csv")).body);

    expect(json).toContain("export");
    expect(csv).toContain("export");
    expect(json + csv).not.toContain(REQUESTER.callerId);
    expect((await register("json", somebody("Operator"))).status).toBe(403);
  });
});

describe("a timer by hand", () => {
  it.each(["reconcile", "purge-guest-exports", "watch-deadlines"])(
    "is %s, for an Operator only",
    async (timer) => {
      const stage = memoryStage([aDataset("a.csv", "1")]);
      await submitted(stage);
      await runToEnd(stage);
      const run = (role: Role) =>
        call(runTimer(memoryContext(stage)), {
          params: { timer },
          caller: somebody(role),
          body: {},
        });

      expect((await run("Requester")).status).toBe(403);
      expect((await run("Operator")).body).toMatchObject({ timer, failed: 0, hasMore: false });
    },
  );
});
