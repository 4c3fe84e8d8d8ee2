import { BAGIT_TXT, bagInfoTxt, MANIFEST, manifestLine, TAG_MANIFEST } from "../core/bag.ts";
import type { Plan, PrivacyRequest } from "../core/request.ts";
import {
  type DoneSlice,
  EXPORT_PHASE,
  type ReportLine,
  reportLineSchema,
  slicePrefix,
} from "../core/slice.ts";
import { addMs } from "../core/time.ts";
import { AppError } from "../errors.ts";
import { BlobWriter } from "./blob-writer.ts";
import { commit } from "./commit.ts";
import { FILES_BLOB, PAYLOAD } from "./layout.ts";
import { knownLines, toLine } from "./ndjson.ts";
import type { PackageFile } from "./package-files.ts";
import type { StoredBlob } from "./ports.ts";
import type { Stage } from "./stage.ts";

/** Seals a package: proves that every file of every slice is stored, and writes the bag's tag files. */

const EXCEPTIONS = "exceptions.ndjson";

/**
 * Carries a request from `sealing` on. All it writes follows from the ledger, so that sealing twice writes
 * the same. Throws `package-corrupt` when a file is missing or has another size, `store-conflict` when a
 * slice is not settled.
 */
export async function sealPackage(stage: Stage, requestId: string): Promise<void> {
  const request = (await stage.ledger.load(requestId))?.value;
  if (request?.state !== "sealing" || request.plan === null) return;
  const payload = await sealPayload(stage, request, request.plan);
  const tagFiles = await writeTagFiles(stage, request, request.plan, payload);
  await writeFileList(stage, request, tagFiles);
  const { files, bytes, exceptions, manifest } = payload;
  await commit(stage, requestId, {
    kind: "seal",
    seal: { manifestSha256: manifest.sha256, files, bytes, exceptions: exceptions.count },
    purgeAt: addMs(stage.clock.now(), stage.pace.retentionMs),
  });
}

type Payload = {
  files: number;
  bytes: number;
  manifest: { bytes: number; sha256: string };
  exceptions: { count: number; file: PackageFile | null };
};

async function sealPayload(stage: Stage, request: PrivacyRequest, plan: Plan): Promise<Payload> {
  const { requestId } = request;
  const manifest = new BlobWriter(stage, { requestId, name: MANIFEST });
  const exceptions = new BlobWriter(stage, { requestId, name: EXCEPTIONS });
  const stored = stage.packages.list(requestId, PAYLOAD)[Symbol.asyncIterator]();
  let [files, bytes, exceptionCount] = [0, 0, 0];
  for await (const line of reportLines(stage, request, plan)) {
    if (line.type === "exception") {
      const { type: _, asset: __, ...exception } = line;
      exceptionCount += 1;
      await exceptions.write(toLine(exception));
    } else {
      await expectStored(stored, line);
      files += 1;
      bytes += line.bytes;
      await manifest.write(manifestLine(line.sha256, line.path));
    }
  }
  return {
    files,
    bytes,
    manifest: await manifest.close(),
    exceptions: {
      count: exceptionCount,
      file:
        exceptionCount === 0
          ? null
          : { path: EXCEPTIONS, blob: EXCEPTIONS, ...(await exceptions.close()) },
    },
  };
}

/** The report lines of all slices, in the order of the blob names. */
async function* reportLines(
  stage: Stage,
  { requestId }: PrivacyRequest,
  { generation, sliceCount }: Plan,
): AsyncGenerator<ReportLine> {
  let slices = 0;
  for await (const slice of stage.slices.done(requestId, slicePrefix(generation, EXPORT_PHASE))) {
    slices += 1;
    yield* reportOf(stage, requestId, slice);
  }
  if (slices !== sliceCount) {
    throw new AppError("store-conflict", `${slices} of ${sliceCount} slices are settled`);
  }
}

async function* reportOf(
  { packages }: Stage,
  requestId: string,
  { report, reportSha256 }: DoneSlice,
): AsyncGenerator<ReportLine> {
  yield* knownLines(packages, { requestId, name: report }, reportSha256, reportLineSchema);
}

/** Walks the stored blobs beside the reports; both are in the order of their names. */
async function expectStored(
  stored: AsyncIterator<StoredBlob>,
  { blob, bytes }: { blob: string; bytes: number },
): Promise<void> {
  for (;;) {
    const next = await stored.next();
    if (next.done || next.value.name > blob) {
      throw new AppError("package-corrupt", `The blob ${blob} is not in the package`);
    }
    if (next.value.name < blob) continue; // Left by a worker whose asset failed in the end.
    if (next.value.bytes === bytes) return;
    throw new AppError("package-corrupt", `The blob ${blob} has another size than was recorded`);
  }
}

async function writeTagFiles(
  stage: Stage,
  request: PrivacyRequest,
  plan: Plan,
  payload: Payload,
): Promise<PackageFile[]> {
  const { requestId, externalId } = request;
  const write = async (path: string, text: string): Promise<PackageFile> => {
    const writer = new BlobWriter(stage, { requestId, name: path });
    await writer.write(text);
    return { path, blob: path, ...(await writer.close()) };
  };
  const info = bagInfoTxt({
    requestId,
    externalId,
    baggedAt: plan.plannedAt,
    payloadBytes: payload.bytes,
    payloadFiles: payload.files,
    description: `User data of ${plan.workspaces.length} Azure Machine Learning Studio (classic) workspace(s)`,
  });
  const tagFiles: PackageFile[] = [
    await write("bag-info.txt", info),
    await write("bagit.txt", BAGIT_TXT),
    ...(payload.exceptions.file === null ? [] : [payload.exceptions.file]),
    { path: MANIFEST, blob: MANIFEST, ...payload.manifest },
  ];
  const digests = tagFiles.map(({ sha256, path }) => manifestLine(sha256, path)).join("");
  return [...tagFiles, await write(TAG_MANIFEST, digests)];
}

async function writeFileList(
  stage: Stage,
  request: PrivacyRequest,
  tagFiles: readonly PackageFile[],
): Promise<void> {
  const { requestId, plan } = request;
  const list = new BlobWriter(stage, { requestId, name: FILES_BLOB });
  for (const file of tagFiles) await list.write(toLine(file));
  if (plan === null) return;
  for await (const line of reportLines(stage, request, plan)) {
    if (line.type === "exception") continue;
    const { path, blob, bytes, sha256 } = line;
    await list.write(toLine({ path, blob, bytes, sha256 }));
  }
  await list.close();
}
