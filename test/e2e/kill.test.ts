import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generatedContent } from "../../local/simulators/estate/content.ts";
import { type LocalStack, localStack, sha256sum } from "../support/e2e/local-stack.ts";

const CONTOSO = "b577bbf6c46640c822e2a6e3d255d437";
const LARGE_BYTES = 160 * 1024 * 1024;
const LARGE_FILE = "data/workspace/datasets/Large generated data set/large.bin";
const KILLS = 2;
const BLOCK_BYTES = 512 * 1024;
/** What the sockets of this machine may hold of a download that nobody reads any more. */
const NETWORK_BYTES = 10 * 1024 * 1024;

let local: LocalStack;
beforeAll(async () => {
  // One large file at a time, so that a kill interrupts one.
  const settings = {
    LEASE_MS: "1500",
    LOOK_AFTER_MS: "1500",
    BLOCK_BYTES: String(BLOCK_BYTES),
    SLICE_BUFFER_BYTES: String(2 * BLOCK_BYTES),
  };
  local = await localStack(settings, LARGE_BYTES);
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
});

describe("the Functions host, killed in the middle of an export", () => {
  it("is started again, and the export ends in a verified package of the source's bytes, few of them read twice", async () => {
    const before = await local.submit(CONTOSO);
    await local.until(before, ["completed"]);
    const exportBytes = await sourceBytes();
    const id = await local.submit(CONTOSO);
    const statesAtKill: string[] = [];

    for (let kill = 1; kill <= KILLS; kill += 1) {
      await bytesDone(id, (LARGE_BYTES * kill) / (KILLS + 2));
      statesAtKill.push((await local.view(id)).state);
      await local.stack.kill("host", "SIGKILL");
      await local.stack.process("host").whenReady();
    }

    expect(statesAtKill).toEqual(["running", "running"]);
    expect(await local.until(id, ["completed"])).toMatchObject({ exceptions: 0 });
    const folder = await local.download(id);
    await sha256sum(folder);
    const served = generatedContent("S1:ds-large", LARGE_BYTES).open({
      first: 0,
      last: LARGE_BYTES - 1,
    });
    expect(await digestOf(createReadStream(join(folder, LARGE_FILE)))).toBe(await digestOf(served));
    const readTwice = (await sourceBytes()) - 2 * exportBytes;
    expect(readTwice).toBeLessThanOrEqual(KILLS * (2 * BLOCK_BYTES + NETWORK_BYTES));
  });
});

async function bytesDone(id: string, wanted: number): Promise<void> {
  const done = async () => (await local.view(id)).progress.bytes.done;
  await expect.poll(done, { timeout: 60_000, interval: 50 }).toBeGreaterThan(wanted);
}

/** How much content the source has handed over so far, in all exports together. */
async function sourceBytes(): Promise<number> {
  const answer = await fetch(`${local.stack.urls.control}/control/calls`);
  const calls = (await answer.json()) as { surface: string; sentBytes: number }[];
  const downloads = calls.filter(({ surface }) => surface === "storage");
  return downloads.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
}

async function digestOf(bytes: Readable): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(bytes, hash);
  return hash.digest("hex");
}
