import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { commit } from "../../../shared/pipeline/commit.ts";
import type { HistoryEntry } from "../../../shared/pipeline/ports.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { memoryStage } from "../../support/stage.ts";

describe("commit", () => {
  it("decides again when somebody else was faster", async () => {
    const stage = memoryStage();
    const requestId = await submitted(stage);

    await Promise.all([
      ...Array.from({ length: 10 }, () => commit(stage, requestId, { kind: "plan" })),
      commit(stage, requestId, { kind: "hold", isQuiet: false }),
    ]);

    expect(await requestOf(stage, requestId)).toMatchObject({
      generation: 10,
      hold: "holding",
      historyCount: 12,
    });
  });

  it("changes nothing for a duplicate", async () => {
    const stage = memoryStage();
    const requestId = await submitted(stage);
    await commit(stage, requestId, { kind: "hold", isQuiet: false });
    const before = await stage.ledger.load(requestId);

    await commit(stage, requestId, { kind: "hold", isQuiet: false });

    expect(await stage.ledger.load(requestId)).toEqual(before);
  });

  it("does not know a request that was never accepted", async () => {
    const unknown = commit(memoryStage(), "f".repeat(32), { kind: "plan" });

    await expect(unknown).rejects.toMatchObject({ code: "not-found" });
  });

  it("keeps what a person wrote in the request, and a salted digest of it in the history", async () => {
    const stage = memoryStage();
    const requestId = await submitted(stage);
    const note = { salt: "5a17", text: "Ms Lovelace is in court" };

    await commit(stage, requestId, { kind: "hold", isQuiet: false, note }, "operator-1");

    const history = await Array.fromAsync(stage.ledger.history(requestId));
    const digest = createHash("sha256").update("5a17Ms Lovelace is in court").digest("hex");
    expect((await requestOf(stage, requestId)).notes).toEqual([{ ...note, number: 2 }]);
    expect(history.map((entry) => entry.note)).toEqual([null, digest]);
    expect(JSON.stringify(history)).not.toMatch(/Lovelace|5a17"/);
  });

  it("chains the history: each entry's hash covers it and the one before", async () => {
    const stage = memoryStage();
    const requestId = await submitted(stage);
    await commit(stage, requestId, { kind: "plan" });
    await commit(stage, requestId, { kind: "hold", isQuiet: false }, "operator-1");

    const history: HistoryEntry[] = [];
    for await (const entry of stage.ledger.history(requestId)) history.push(entry);

    expect(
      history.map(({ number, command, from, to, actor }) => [number, command, from, to, actor]),
    ).toEqual([
      [1, "accept", "", "accepted", "11111111-1111-4111-8111-111111111111"],
      [2, "plan", "accepted", "planning", "system"],
      [3, "hold", "planning", "planning", "operator-1"],
    ]);
    let previous = "";
    for (const { number, at, command, from, to, actor, note, previousHash, hash } of history) {
      const text = JSON.stringify([previous, number, at, command, from, to, actor, note]);
      expect(previousHash).toBe(previous);
      expect(hash).toBe(createHash("sha256").update(text).digest("hex"));
      previous = hash;
    }
    expect((await requestOf(stage, requestId)).auditHead).toBe(previous);
  });

  it("writes the due row before the change, so that a crash leaves one too many and never one too few", async () => {
    const stage = memoryStage();
    const requestId = await submitted(stage);
    const crashed = {
      ...stage,
      ledger: { ...stage.ledger, save: async () => Promise.reject(new Error("crash")) },
    };
    stage.clock.advance(1000);

    await expect(commit(crashed, requestId, { kind: "plan" })).rejects.toThrow("crash");

    const due = await stage.dueIndex.until("9999", 10);
    expect(due.map((row) => row.requestId)).toEqual([requestId, requestId]);
    expect((await requestOf(stage, requestId)).state).toBe("accepted");
  });
});
