import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import { measure } from "../../../shared/pipeline/measure.ts";
import { purgeExpired } from "../../../shared/pipeline/purger.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd, upkeepStage } from "../../support/stage.ts";

const HOUR_MS = 3_600_000;

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "id\n1\n")]);
});

async function measured(): Promise<{ all: unknown; states: Map<unknown, unknown> }> {
  const from = stage.lines.length;
  await measure(stage);
  const events = stage.lines.slice(from).map((line) => JSON.parse(line) as Record<string, unknown>);
  const of = (name: string) => events.filter(({ event }) => event === name);
  return {
    all: of("backlog-measured")[0],
    states: new Map(of("state-measured").map((fields) => [fields["state"], fields])),
  };
}

describe("the backlog", () => {
  it("is all zeros, for every open state, when nothing is open", async () => {
    const { all, states } = await measured();

    expect(all).toMatchObject({ open: 0, owed: 0, lookLagMs: 0, daysToDeadline: null });
    expect([...states.keys()]).toContain("running");
    expect([...states.keys()]).not.toContain("completed");
    expect(states.get("accepted")).toMatchObject({ open: 0, oldestAgeMs: 0 });
  });

  it("has the age of the oldest, and by how much the reconciler is late", async () => {
    const id = await submitted(stage);
    const at = stage.clock.now();
    stage.clock.set(new Date(Date.parse(at) + HOUR_MS).toISOString());

    const { all, states } = await measured();

    expect(states.get("accepted")).toMatchObject({
      open: 1,
      oldestAgeMs: HOUR_MS,
      oldestRequestId: id,
    });
    expect(all).toMatchObject({ open: 1, lookLagMs: HOUR_MS - stage.pace.lookAfterMs });
  });

  it("counts what could not be sent", async () => {
    const { send } = stage.bus;
    stage.bus.send = async () => {
      throw new AppError("bus-unavailable", "away");
    };
    await submitted(stage);
    stage.bus.send = send;

    expect((await measured()).all).toMatchObject({ owed: 1 });
  });

  it("has by how much a purge is late: that of a package, or of personal data", async () => {
    const requestId = await submitted(stage);
    await runToEnd(stage);
    const { tidyAt } = await requestOf(stage, requestId);
    await stage.purgeIndex.add({ lookAt: stage.clock.now(), requestId });
    stage.clock.set(tidyAt ?? "");
    const onTime = (await measured()).all;
    stage.clock.advance(3 * HOUR_MS);
    const late = (await measured()).all;
    await purgeExpired(upkeepStage(stage));
    const purged = (await measured()).all;
    stage.clock.advance(2 * HOUR_MS);

    expect([onTime, late, purged, (await measured()).all]).toMatchObject([
      { purgeLagMs: 0 },
      { purgeLagMs: 3 * HOUR_MS },
      { purgeLagMs: 0 },
      { purgeLagMs: 2 * HOUR_MS - 5 * 60_000 },
    ]);
  });

  it("leaves out what has ended", async () => {
    await submitted(stage);
    await runToEnd(stage);

    expect((await measured()).all).toMatchObject({ open: 0, owed: 0 });
  });
});
