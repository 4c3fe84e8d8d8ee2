import { crc32 } from "node:zlib";
import { waitMs } from "../core/backoff.ts";
import { bagFolder } from "../core/bag.ts";
import type { Message } from "../core/messages.ts";
import type { PrivacyRequest, Zip } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import { owesZip } from "../core/zip-step.ts";
import { AppError, toAppError } from "../errors.ts";
import { BlockBuffers } from "./block-buffers.ts";
import { blockBytesFor } from "./blocks.ts";
import { commit } from "./commit.ts";
import { eachLimited } from "./each-limited.ts";
import { ZIP_BLOB } from "./layout.ts";
import { NO_FAULT } from "./no-fault.ts";
import { type PackageFile, packageFiles } from "./package-files.ts";
import type { Packages } from "./ports.ts";
import type { Stage } from "./stage.ts";
import {
  type ZipBlock,
  type ZipPart,
  type ZipSource,
  zipBlocks,
  zipBytes,
  zipPieces,
} from "./zip-layout.ts";

/** Composes the package in one file from its stored blobs and the checksums taken while they were exported. */

/** How many parts of a block are read at a time: blocks of small files have thousands. */
const READS_AT_ONCE = 16;

/**
 * Composes the zip of a sealed package. A message of another attempt does nothing. A failure never reaches the
 * request, which has its package already: what may pass is tried again, what may not is noted. Throws only what
 * keeps the note from being stored.
 */
export async function zipPackage(stage: Stage, message: Message): Promise<void> {
  const { requestId } = message;
  const request = (await stage.ledger.load(requestId))?.value;
  if (!request?.zip || !owesZip(request) || request.zip.attempt !== message.attempt) {
    return stage.telemetry.messageStale(message);
  }
  try {
    const bytes = await composeZip(stage, request);
    await commit(stage, requestId, { kind: "zipped", result: { bytes } });
  } catch (error) {
    await afterFailure(stage, requestId, request.zip, toAppError(error));
  }
}

/** Composes the archive unless it is there, and returns its size. Throws `time-up` when more calls are needed. */
async function composeZip(stage: Stage, request: PrivacyRequest): Promise<number> {
  const { packages } = stage;
  const { requestId } = request;
  const source: ZipSource = {
    files: () => packageFiles(packages, request),
    folder: bagFolder(requestId),
    at: request.sealedAt ?? request.submittedAt,
  };
  const bytes = await zipBytes(source);
  const [stored] = await Array.fromAsync(packages.list(requestId, ZIP_BLOB));
  if (stored === undefined) {
    const ids = await stageBlocks(
      stage,
      requestId,
      source,
      blockBytesFor(bytes, stage.pace.blockBytes),
    );
    await packages.commit({ requestId, name: ZIP_BLOB }, ids);
  }
  return bytes;
}

/**
 * Stages the blocks that the store does not have and returns the ids of all. A block's bytes follow from its id, so
 * it does not matter who staged it. Each call stages one at least, then throws `time-up` when its time is over.
 */
async function stageBlocks(
  stage: Stage,
  requestId: string,
  source: ZipSource,
  blockBytes: number,
): Promise<string[]> {
  const { packages, clock, pace } = stage;
  const ref = { requestId, name: ZIP_BLOB };
  const endsAt = addMs(clock.now(), pace.stepMs);
  const known = new Map<string, number>();
  for await (const { id, bytes } of packages.staged(ref)) known.set(id, bytes);
  const buffers = new BlockBuffers(blockBytes, 0);
  let [filling, storing] = [await buffers.take(), await buffers.take()];
  const checks = new ChecksumCheck();
  const ids: string[] = [];
  let staging: Promise<void> | null = null;
  try {
    for await (const block of zipBlocks(zipPieces(source), blockBytes)) {
      const id = `${String(blockBytes).padStart(11, "0")}-${String(block.number).padStart(6, "0")}`;
      ids.push(id);
      if (known.get(id) === block.bytes) continue;
      const content = filling.subarray(0, block.bytes);
      await fill(packages, requestId, block, content);
      checks.check(block, content);
      await staging;
      if (staging !== null && clock.now() > endsAt) {
        throw new AppError("time-up", "The zip goes on in another call");
      }
      // One block is stored while the next one is put together. A failure waits until that one is.
      staging = packages.stage(ref, id, content);
      staging.catch(() => undefined);
      [filling, storing] = [storing, filling];
    }
    await staging;
  } finally {
    await Promise.allSettled([staging]);
  }
  return ids;
}

async function fill(
  packages: Packages,
  requestId: string,
  { parts }: ZipBlock,
  content: Buffer,
): Promise<void> {
  await eachLimited(parts, READS_AT_ONCE, async (part) => {
    if ("bytes" in part) {
      content.set(part.bytes, part.at);
      return;
    }
    const range = { offset: part.offset, bytes: part.length };
    let at = part.at;
    for await (const chunk of await packages.read({ requestId, name: part.file.blob }, range)) {
      content.set(chunk, at);
      at += chunk.length;
    }
    if (at !== part.at + part.length) throw corrupt(part.file);
  });
}

/** Compares checksums of files that this call reads from their first byte to their last. */
class ChecksumCheck {
  #blob = "";
  #next = 0;
  #crc32 = 0;

  check({ parts }: ZipBlock, content: Buffer): void {
    for (const part of parts) if ("file" in part) this.#add(part, content);
  }

  #add(part: Extract<ZipPart, { file: PackageFile }>, content: Buffer): void {
    const { file, offset, at, length } = part;
    if (offset > 0 && (this.#blob !== file.blob || this.#next !== offset)) return;
    const before = offset === 0 ? 0 : this.#crc32;
    this.#crc32 = crc32(content.subarray(at, at + length), before);
    this.#blob = file.blob;
    this.#next = offset + length;
    if (this.#next === file.bytes && this.#crc32 !== file.crc32) throw corrupt(file);
  }
}

function corrupt({ blob }: PackageFile): AppError {
  return new AppError("package-corrupt", `The blob ${blob} is not the one that was recorded`);
}

async function afterFailure(
  stage: Stage,
  requestId: string,
  { attempt, tries }: Zip,
  failure: AppError,
): Promise<void> {
  const { code, message: detail } = failure;
  const hasFailed = !NO_FAULT.has(code);
  const telling = { requestId, step: "zip", slice: "", code };
  if (failure.isRetryable && (!hasFailed || tries + 1 < stage.pace.backoff.maxTries)) {
    const isTimeUp = code === "time-up";
    const delayMs = isTimeUp
      ? 0
      : waitMs(stage.pace.backoff, tries, stage.random(), failure.retryAfterMs);
    const notBefore = isTimeUp ? null : addMs(stage.clock.now(), delayMs);
    await commit(stage, requestId, { kind: "zip", attempt, hasFailed, notBefore });
    stage.telemetry.stepDelayed({ ...telling, waitMs: delayMs });
  } else {
    await commit(stage, requestId, { kind: "zipped", result: { code, detail } });
    stage.telemetry.stepFailed(telling);
  }
}
