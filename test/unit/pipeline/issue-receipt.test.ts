import { describe, expect, it } from "vitest";
import { verifyReceipt } from "../../../cli/verify-receipt.ts";
import { type Receipt, receiptSchema } from "../../../shared/core/receipt.ts";
import { AppError } from "../../../shared/errors.ts";
import { commit } from "../../../shared/pipeline/commit.ts";
import { reconcile } from "../../../shared/pipeline/reconciler.ts";
import { approved, carriedOut, dataSets, planned } from "../../support/deletions.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

const MINUTE_MS = 60_000;

/** The receipt as anybody could prove it: with the file and the public keys alone. */
async function provenReceipt(stage: MemoryStage, requestId: string): Promise<Receipt> {
  const chunks = await Array.fromAsync((await stage.receipts.read(requestId)) ?? []);
  const { receipt } = await verifyReceipt(Buffer.concat(chunks), {
    keys: [...(await stage.signer.keys())],
  });
  return receiptSchema.parse(receipt);
}

describe("the receipt of an export", () => {
  it("tells of every asset and of the package", async () => {
    const stage = memoryStage([aDataset("a.csv", "1,2"), aDataset("b.csv", "3")]);
    const requestId = await submitted(stage);

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    const receipt = await provenReceipt(stage, requestId);
    expect(receipt).toMatchObject({
      requestId,
      state: "completed",
      counts: { exported: 2 },
      package: { manifestSha256: request.seal?.manifestSha256 },
      approvals: [],
    });
    expect(receipt.assets.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ["dataset", "exported"],
      ["dataset", "exported"],
    ]);
    expect(request.receiptAt).not.toBeNull();
  });

  it("tells what was not reached when the request ended before", async () => {
    const stage = memoryStage([aDataset("a.csv", "1,2")]);
    stage.source.onFiles = () => {
      throw new AppError("workspace-not-found", "It is gone");
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    const receipt = await provenReceipt(stage, requestId);
    expect(receipt.state).toBe(request.state);
    expect(receipt.assets).toHaveLength(1);
  });

  it("is issued for a request that never had a plan", async () => {
    const stage = memoryStage();
    stage.source.onFind = () => {
      throw new AppError("workspace-not-found", "There is no such workspace");
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);

    expect(await provenReceipt(stage, requestId)).toMatchObject({
      state: "failed",
      failureCode: "workspace-not-found",
      plan: null,
      assets: [],
    });
  });
});

describe("the receipt of a deletion", () => {
  it("binds outcomes and evidence to the approved plan, by role and not by name", async () => {
    const stage = memoryStage([aDataset("a.csv", "1,2"), aDataset("b.csv", "3")]);
    const request = await planned(stage, dataSets("a.csv"));
    await approved(stage, request);

    const ended = await carriedOut(stage, request);

    const receipt = await provenReceipt(stage, request.requestId);
    expect(receipt).toMatchObject({
      kind: "delete",
      state: "completed",
      plan: { planHash: ended.plan?.planHash },
      approvals: [{ role: "Approver", planHash: ended.plan?.planHash }],
      counts: { deleted: 1 },
      assets: [{ outcome: "deleted", evidence: "claimed-by-service, absent-on-independent-look" }],
    });
    expect(JSON.stringify(receipt)).not.toContain(ended.submitter);
    expect(JSON.stringify(receipt)).not.toContain("a.csv");
  });

  it("names the head of the audit trail as it was", async () => {
    const stage = memoryStage([aDataset("a.csv", "1,2")]);
    const request = await planned(stage, dataSets("a.csv"));
    await approved(stage, request);
    await carriedOut(stage, request);

    const { audit } = await provenReceipt(stage, request.requestId);

    const history = await Array.fromAsync(stage.ledger.history(request.requestId));
    expect(history[audit.entries - 1]?.hash).toBe(audit.head);
  });

  it("is issued for one that was cancelled", async () => {
    const stage = memoryStage([aDataset("a.csv", "1,2")]);
    const { requestId } = await planned(stage, dataSets("a.csv"));

    await commit(stage, requestId, { kind: "cancel", purgeAt: null });
    await runToEnd(stage);

    expect(await provenReceipt(stage, requestId)).toMatchObject({
      state: "cancelled",
      counts: { "not-reached": 1 },
    });
  });
});

describe("a receipt that could not be issued", () => {
  it("is issued by the reconciler once the vault is back, and only once", async () => {
    const stage = memoryStage([aDataset("a.csv", "1,2")]);
    const { keys } = stage.signer;
    const signer = { ...stage.signer };
    const broken = { ...stage, signer };
    signer.keys = async () => {
      throw new AppError("store-unavailable", "The vault is away");
    };
    const requestId = await submitted(broken);
    await runToEnd(broken);
    expect(await stage.receipts.read(requestId)).toBeNull();

    signer.keys = keys;
    for (let minute = 0; minute < 3; minute += 1) {
      stage.clock.advance(MINUTE_MS);
      await reconcile(broken);
      await runToEnd(broken);
    }

    expect(await provenReceipt(stage, requestId)).toMatchObject({ state: "completed" });
    const history = await Array.fromAsync(stage.ledger.history(requestId));
    expect(history.filter(({ command }) => command === "receipted")).toHaveLength(1);
  });
});
