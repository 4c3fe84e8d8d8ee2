import { InvocationContext, type Timer } from "@azure/functions";
import { describe, expect, it } from "vitest";
import { runTimer, upkeepTimer } from "../../../functions/upkeep.ts";
import { AppError } from "../../../shared/errors.ts";
import { call, memoryContext } from "../../support/calls.ts";
import { accepted, bytesLeft, ended } from "../../support/ended.ts";
import { requestOf } from "../../support/intakes.ts";
import { memoryStage } from "../../support/stage.ts";

const OPERATOR = { callerId: "44444444-4444-4444-8444-444444444444", roles: ["Operator" as const] };
const WAIT_MS = 5 * 60_000;

/** A firing of the timer, as the host tells it. */
function firing(isPastDue: boolean): [Timer, InvocationContext] {
  const schedule = { adjustForDST: true };
  const times = { last: "0001-01-01T00:00:00Z", next: "0001-01-01T00:00:00Z" };
  const scheduleStatus = { ...times, lastUpdated: times.last };
  return [
    { isPastDue, schedule, scheduleStatus },
    new InvocationContext({ functionName: "timer" }),
  ];
}

describe("a timer", () => {
  it("that is past due tells so and does what is due by then; on time it tells nothing", async () => {
    const stage = memoryStage();
    const id = await ended(stage);
    stage.clock.advance(stage.pace.retentionMs + WAIT_MS);
    const timer = upkeepTimer(memoryContext(stage), "purge-guest-exports");

    await timer(...firing(true));
    const left = await bytesLeft(stage, [id]);
    await timer(...firing(false));

    expect(left).toBe(0);
    const told = stage.lines.filter((line) => line.includes("timer-late"));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('"timer":"purge-guest-exports"');
  });

  it("warns when it is past due of what was missed", async () => {
    const stage = memoryStage();
    const [id = ""] = await accepted(stage, 1);
    stage.clock.set((await requestOf(stage, id)).dueAt);

    await upkeepTimer(memoryContext(stage), "watch-deadlines")(...firing(true));

    const days = stage.bus.events.map(({ data }) => data.daysLeft);
    expect(days).toEqual([null, 7, 3, 1, 0]);
  });

  it("fails as a run when something could not be looked at, after the rest was", async () => {
    const stage = memoryStage();
    const ids = [await ended(stage), await ended(stage), await ended(stage)];
    stage.clock.advance(stage.pace.retentionMs + WAIT_MS);
    const { purge } = stage.packages;
    Object.assign(stage.packages, {
      purge: async (id: string) => {
        if (id === ids[1]) throw new AppError("store-unavailable", "Away");
        await purge(id);
      },
    });

    const run = upkeepTimer(memoryContext(stage), "purge-guest-exports")(...firing(false));

    await expect(run).rejects.toMatchObject({ code: "internal" });
    expect([await bytesLeft(stage, ids), await bytesLeft(stage, [ids[1] ?? ""])]).toEqual([8, 8]);
  });
});

describe("a timer by hand", () => {
  it("stops after half a minute and says that there is more", async () => {
    const stage = memoryStage();
    const ids: string[] = [];
    while (ids.length < 25) ids.push(await ended(stage));
    stage.clock.advance(stage.pace.retentionMs + WAIT_MS);
    const { purge } = stage.packages;
    Object.assign(stage.packages, {
      purge: async (id: string) => {
        stage.clock.advance(2_000);
        await purge(id);
      },
    });
    const params = { timer: "purge-guest-exports" };
    const calling = { params, caller: OPERATOR, body: {} };

    const first = await call(runTimer(memoryContext(stage)), calling);

    expect(first.body).toMatchObject({ timer: params.timer, failed: 0, hasMore: true });
    const left = await bytesLeft(stage, ids);
    const second = await call(runTimer(memoryContext(stage)), calling);
    expect(left).toBeGreaterThan(0);
    expect(second.body).toMatchObject({ failed: 0, hasMore: false });
    expect(await bytesLeft(stage, ids)).toBe(0);
  });

  it("that nobody knows is not found, and the answer names those that there are", async () => {
    const params = { timer: "purge" };

    const answer = await call(runTimer(memoryContext(memoryStage())), {
      params,
      caller: OPERATOR,
      body: {},
    });

    expect(answer.status).toBe(404);
    expect(JSON.stringify(answer.body)).toContain("purge-guest-exports");
  });
});
