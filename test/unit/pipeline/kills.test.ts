import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { reconcile } from "../../../shared/pipeline/reconciler.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { bagOf } from "../../support/bag.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { memoryStage, runToEnd } from "../../support/stage.ts";

const BYTES = 4_000_000;
const KILLS = 20;

it("20 workers that are killed in the middle of a file lose less than 5 % of its bytes together", async () => {
  const content = Buffer.alloc(BYTES, "0123456789abcdef!");
  const stage = memoryStage([aDataset("large.bin", content)], {
    backoff: { baseMs: 1, capMs: 1, maxTries: 30 },
  });
  let kills = 0;
  stage.source.onChunk = async (_asset, key, offset) => {
    if (key !== "content" || kills === KILLS) return;
    if (offset < (BYTES * (kills + 1)) / (KILLS + 1)) return;
    kills += 1;
    // Dead: it neither goes on nor tells anybody.
    await new Promise(() => undefined);
  };
  const requestId = await submitted(stage);

  for (let seen = 0; seen < KILLS; seen += 1) {
    void stage.bus.drain((message) => runStep(stage, message));
    await expect.poll(() => kills).toBe(seen + 1);
    stage.clock.advance(stage.pace.leaseMs);
    await reconcile(stage);
  }
  await runToEnd(stage);

  const request = await requestOf(stage, requestId);
  expect(request).toMatchObject({ state: "completed", seal: { exceptions: 0 } });
  const { payload, problems } = await bagOf(stage, request);
  const exported = payload["data/workspace/datasets/large.bin/large.bin"] ?? Buffer.alloc(0);
  expect(problems).toEqual([]);
  expect(sha256(exported)).toBe(sha256(content));
  const metadataBytes = (request.seal?.bytes ?? 0) - BYTES;
  expect(stage.source.bytesRead).toBeLessThanOrEqual(1.05 * BYTES + KILLS * metadataBytes);
});

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
