import { crc32 } from "node:zlib";
import { waitMs } from "../core/backoff.ts";
import { bagFolder } from "../core/bag.ts";
import type { Message } from "../core/messages.ts";
import type { PrivacyRequest, Zip } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import { owesZip } from "../core/zip-step.ts";
import { AppError, toAppError } from "../errors.ts";
import { blockBytesFor } from "./blocks.ts";
import { commit } from "./commit.ts";
import { eachLimited } from "./each-limited.ts";
import { ZIP_BLOB } from "./layout.ts";
import { NO_FAULT } from "./no-fault.ts";
import { type PackageFile, packageFiles } from "./package-files.ts";
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

/** Stages the blocks that are not there yet, then makes the blob; returns its size. Throws `time-up` in between. */
async function composeZip(stage: Stage, request: PrivacyRequest): Promise<number> {
  const { packages, pace, clock } = stage;
  const { requestId } = request;
  const ref = { requestId, name: ZIP_BLOB };
  const source: ZipSource = {
    files: () => packageFiles(packages, request),
    folder: bagFolder(requestId),
    at: request.sealedAt ?? request.submittedAt,
  };
  const bytes = await zipBytes(source);
  for await (const { name } of packages.list(requestId, ZIP_BLOB))
    if (name === ZIP_BLOB) return bytes;
  const endsAt = addMs(clock.now(), pace.stepMs);
  const blockBytes = blockBytesFor(bytes, pace.blockBytes);
  const staged = new Map<string, number>();
  for await (const block of packages.staged(ref)) staged.set(block.id, block.bytes);
  const ids: string[] = [];
  const checks = new ChecksumCheck();
  for await (const block of zipBlocks(zipPieces(source), blockBytes)) {
    const id = `${String(blockBytes).padStart(11, "0")}-${String(block.number).padStart(6, "0")}`;
    ids.push(id);
    if (staged.get(id) === block.bytes) continue;
    const content = await contentOf(stage, requestId, block);
    checks.check(block, content);
    await packages.stage(ref, id, content);
    if (clock.now() > endsAt) throw new AppError("time-up", "The zip goes on in another call");
  }
  await packages.commit(ref, ids);
  return bytes;
}

async function contentOf(
  { packages }: Pick<Stage, "packages">,
  requestId: string,
  { bytes, parts }: ZipBlock,
): Promise<Buffer> {
  const content = Buffer.allocUnsafe(bytes);
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
  return content;
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
