import { describe, expect, it } from "vitest";
import { reachOf } from "../../../shared/core/reach.ts";
import type { Scope } from "../../../shared/core/scope.ts";
import { commit } from "../../../shared/pipeline/commit.ts";
import { submit } from "../../../shared/pipeline/intake.ts";
import { anIntake, requestOf, submitted } from "../../support/intakes.ts";
import { WORKSPACE } from "../../support/memory/source.ts";
import { memoryStage } from "../../support/stage.ts";

describe("submit", () => {
  it("returns the same request when submitted twice", async () => {
    const stage = memoryStage();

    const first = await submit(stage, anIntake());
    const second = await submit(stage, anIntake());

    expect(first.isReplay).toBe(false);
    expect(second.isReplay).toBe(true);
    expect(second.request.requestId).toBe(first.request.requestId);
    expect(stage.bus.events).toHaveLength(1);
  });

  it("gives one request to a hundred submissions at once", async () => {
    const stage = memoryStage();

    const all = await Promise.all(Array.from({ length: 100 }, () => submit(stage, anIntake())));

    expect(new Set(all.map(({ request }) => request.requestId)).size).toBe(1);
    expect(all.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
  });

  it("refuses the same key with another body", async () => {
    const stage = memoryStage();
    await submit(stage, anIntake());

    const other = submit(stage, anIntake({ workspaces: ["0".repeat(32)] }));

    await expect(other).rejects.toMatchObject({ code: "idempotency-conflict" });
  });

  it("keeps the keys of submitters, and of doors, apart", async () => {
    const stage = memoryStage();

    const ids = await Promise.all(
      [{}, { submitter: "somebody-else" }, { source: "tickets" }].map(async (fields) => {
        const { request } = await submit(stage, { ...anIntake(), ...fields });
        return request.requestId;
      }),
    );

    expect(new Set(ids).size).toBe(3);
  });

  it("says of the key of a request that was erased that it is used up", async () => {
    const stage = memoryStage();
    const requestId = await submitted(stage);
    await commit(stage, requestId, { kind: "cancel", retention: stage.pace });
    await commit(stage, requestId, { kind: "purge" });
    await commit(stage, requestId, { kind: "erase" });

    const again = submit(stage, anIntake());

    await expect(again).rejects.toMatchObject({ code: "idempotency-conflict" });
    await expect(again).rejects.toThrow("was erased: take a new key");
  });

  it("takes every submission without a key as a new one", async () => {
    const stage = memoryStage();
    const intake = { ...anIntake(), idempotencyKey: null };

    const [first, second] = [await submit(stage, intake), await submit(stage, intake)];

    expect(first.request.requestId).not.toBe(second.request.requestId);
  });

  it("tells nothing of submitter or key in the id", async () => {
    const [left, right] = [memoryStage(), { ...memoryStage(), pseudonymKey: "another-key" }];

    const [one, two] = [await submit(left, anIntake()), await submit(right, anIntake())];

    expect(one.request.requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(two.request.requestId).not.toBe(one.request.requestId);
  });

  it.each([
    [{ subject: { accountId: "a" } }, "forbidden"],
    [{ workspaces: [WORKSPACE.workspaceId] }, "workspace-not-found"],
  ] as const)(
    "refuses %j, which is out of the submitter's reach, and stores nothing",
    async (scope, code) => {
      const reach = reachOf({ "*": { arm: [], registered: [], subjects: false } });
      const stage = { ...memoryStage(), reach };

      const refused = submit(stage, anIntake(scope as Scope));

      await expect(refused).rejects.toMatchObject({ code });
      expect((await stage.list.page({ limit: 10 })).items).toEqual([]);
    },
  );

  it("accepts while the bus is down, and sends once it is back", async () => {
    const stage = memoryStage();
    const { AppError } = await import("../../../shared/errors.ts");
    const { reconcile } = await import("../../../shared/pipeline/reconciler.ts");
    const down = async () => {
      throw new AppError("bus-unavailable", "The bus is down");
    };

    const { request } = await submit({ ...stage, bus: { send: down, publish: down } }, anIntake());
    expect(await requestOf(stage, request.requestId)).toMatchObject({ state: "accepted" });
    expect(stage.bus.nextAt()).toBeNull();
    stage.clock.advance(stage.pace.lookAfterMs);
    await reconcile(stage);

    expect(stage.bus.deliverable(stage.clock.now()).map(({ message }) => message.step)).toEqual([
      "plan",
    ]);
    expect(stage.bus.events).toHaveLength(1);
  });
});
