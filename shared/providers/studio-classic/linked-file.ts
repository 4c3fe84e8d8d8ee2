import { isCode } from "../../errors.ts";
import type { OpenedFile, SourceFile } from "../../pipeline/ports.ts";
import { failureOf } from "../failure.ts";
import type { OutputRef } from "./client.ts";
import { errorTextOf, type Linked, openContent, openLink, type Resume } from "./download.ts";
import type { Source } from "./source.ts";

/** Where a file is: behind a link, at the output of a node, or both; the output is asked for when the link has nothing. */
export type Place =
  | { readonly link: Linked; readonly output?: OutputRef }
  | { readonly output: OutputRef };

/** A file of the user, byte for byte. */
export function linkedFile(
  source: Source,
  file: { readonly key: string; readonly path: readonly string[]; readonly sizeBytes: number },
  place: Place,
): SourceFile {
  return {
    key: file.key,
    path: file.path,
    bytes: file.sizeBytes === 0 ? null : file.sizeBytes,
    redactions: [],
    open: (resume) => openPlace(source, place, resume ?? null, file.sizeBytes),
  };
}

async function openPlace(
  source: Source,
  place: Place,
  resume: Resume | null,
  sizeBytes: number,
): Promise<OpenedFile> {
  if (!("link" in place)) return openOutput(source, place.output, resume, sizeBytes);
  try {
    return await openLink(source.transport, place.link, resume);
  } catch (error) {
    if (!isCode(error, "asset-not-found") && !isCode(error, "workspace-unreadable")) throw error;
    await assertNotExpired(source);
    if (place.output === undefined || !isCode(error, "asset-not-found")) throw error;
    return openOutput(source, place.output, resume, sizeBytes);
  }
}

/** The bytes of an output through the Studio API itself, which needs the workspace's token. */
function openOutput(
  { ask }: Source,
  output: OutputRef,
  resume: Resume | null,
  sizeBytes: number,
): Promise<OpenedFile> {
  return ask((client, access) =>
    openContent((headers) => client.output(access, output, headers), sizeBytes, resume),
  );
}

/** Whether an output is still there. Throws as `failureOf` says, but for 404. */
export async function hasOutput({ ask }: Source, output: OutputRef): Promise<boolean> {
  return ask(async (client, access) => {
    const answer = await client.output(access, output, { range: "bytes=0-0" });
    if (THERE.has(answer.status)) {
      await answer.discard();
      return true;
    }
    const failure = failureOf({ ...answer, body: await errorTextOf(answer) });
    if (failure.code !== "asset-not-found") throw failure;
    return false;
  });
}

/** An output without a byte has no first one. */
const THERE: ReadonlySet<number> = new Set([200, 206, 416]);

/** Links of a guest's files lead nowhere when the session is over; asking for the workspace tells which it is. */
async function assertNotExpired({ workspace, ask }: Source): Promise<void> {
  if (workspace.accountType === "guest") await ask((client, access) => client.settings(access));
}
