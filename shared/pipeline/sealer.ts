import { randomBytes } from "node:crypto";
import { BAGIT_TXT, bagInfoTxt, manifestLine, TAG_MANIFEST } from "../core/bag.ts";
import { INDEX_HTML, indexHtml } from "../core/index-html.ts";
import {
  informationSheetHtml,
  informationSheetTxt,
  SHEET_HTML,
  SHEET_TXT,
} from "../core/information-sheet.ts";
import {
  INDEX_JSON,
  INDEX_SCHEMA,
  type IndexHead,
  packageIndexJsonSchema,
} from "../core/package-index.ts";
import type { Plan, PrivacyRequest } from "../core/request.ts";
import { VERSION } from "../core/version.ts";
import { BlobWriter } from "./blob-writer.ts";
import { commit } from "./commit.ts";
import { fileListBlob } from "./layout.ts";
import { toLine } from "./ndjson.ts";
import { packageAssets } from "./package-assets.ts";
import { EXCEPTIONS } from "./package-exceptions.ts";
import { REDACTIONS, type SealedAssets, sealAssets } from "./seal-assets.ts";
import type { Stage } from "./stage.ts";
import { TagFiles } from "./tag-files.ts";

/** Seals a package: proves that every file of every slice is stored, and writes the bag's tag files. */

/**
 * Carries a request from `sealing` on. Each sealing writes files of its own and the commit says which count, so a
 * sealing that died, or ran twice, under whatever version, does no harm. Throws `package-corrupt` when a file is
 * missing or has another size, `store-conflict` when a slice is not settled.
 */
export async function sealPackage(stage: Stage, requestId: string): Promise<void> {
  const request = (await stage.ledger.load(requestId))?.value;
  if (request?.state !== "sealing" || request.plan === null) return;
  const { plan } = request;
  const sealId = randomBytes(8).toString("hex");
  const tags = new TagFiles(stage, requestId, sealId);
  const list = new BlobWriter(stage, { requestId, name: fileListBlob(sealId) });
  const head = indexHead(request, plan, stage.clock.now());
  const assets = packageAssets(stage, requestId, plan);
  const sealed = await sealAssets(stage.packages, requestId, head, assets, { tags, list });
  await writeTagFiles(stage, request, head, sealed, tags);
  for (const file of tags.files) await list.write(toLine(file));
  await list.close();
  const { files, bytes } = sealed.tail.totals;
  await commit(stage, requestId, {
    kind: "seal",
    seal: {
      sealId,
      manifestSha256: sealed.manifest.sha256,
      files,
      bytes,
      exceptions: sealed.exceptions,
    },
    retention: stage.pace,
  });
}

function indexHead(
  { requestId, retryOf, externalId }: PrivacyRequest,
  { plannedAt, workspaces }: Plan,
  sealedAt: string,
): IndexHead {
  return {
    $schema: INDEX_SCHEMA,
    format: "studio-dsr-package/1",
    requestId,
    retryOf,
    externalId,
    plannedAt,
    sealedAt,
    software: `studio-dsr ${VERSION}`,
    workspaces: workspaces.map(({ workspaceId, armId, name, accountType, createdAt }) => ({
      workspaceId,
      armId,
      name,
      accountType,
      createdAt,
    })),
  };
}

async function writeTagFiles(
  { organization }: Stage,
  { requestId, retryOf, externalId }: PrivacyRequest,
  head: IndexHead,
  { tail, sections, exceptions }: SealedAssets,
  tags: TagFiles,
): Promise<void> {
  await tags.write(INDEX_SCHEMA, packageIndexJsonSchema());
  await tags.write(SHEET_TXT, informationSheetTxt());
  await tags.write(SHEET_HTML, informationSheetHtml());
  const others = [
    [SHEET_HTML, "what was taken out, what cannot be exported, and what is had elsewhere"],
    [INDEX_JSON, "this index for programs"],
    [REDACTIONS, "every credential that was taken out of a document"],
    ...(exceptions === 0 ? [] : ([[EXCEPTIONS, "what could not be exported"]] as const)),
  ] as const;
  await tags.write(INDEX_HTML, indexHtml(head, tail, sections, others));
  const info = bagInfoTxt({
    organization,
    requestId,
    groupId: retryOf,
    externalId,
    baggedAt: head.sealedAt,
    payloadBytes: tail.totals.bytes,
    payloadFiles: tail.totals.files,
    description: `User data of ${head.workspaces.length} Azure Machine Learning Studio (classic) workspace(s)`,
  });
  await tags.write("bag-info.txt", info);
  await tags.write("bagit.txt", BAGIT_TXT);
  const digests = tags.files.map(({ sha256, path }) => manifestLine(sha256, path)).join("");
  await tags.write(TAG_MANIFEST, digests);
}
