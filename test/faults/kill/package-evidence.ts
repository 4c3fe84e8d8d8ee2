import { z } from "zod";
import { readZip } from "../../support/zip/read-zip.ts";
import type { Package, PackagedThing, Thing } from "../checker/evidence.ts";
import type { Api } from "./api.ts";
import { type BagFiles, bagProblems, sha256Of } from "./bag-check.ts";
import { thingOf } from "./source-things.ts";

const fileSchema = z.object({
  path: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  url: z.string(),
});
const packageSchema = z.object({
  files: z.array(fileSchema),
  zip: z.object({ url: z.string(), bytes: z.int() }).nullable(),
});
const indexSchema = z.object({
  workspaces: z.array(z.object({ workspaceId: z.string() })),
  assets: z.array(
    z.object({
      kind: z.string(),
      sourceId: z.string(),
      workspace: z.string(),
      status: z.string(),
      files: z.array(z.object({ path: z.string(), sha256: z.string() })),
    }),
  ),
});
type IndexAsset = z.infer<typeof indexSchema>["assets"][number];

/** The contents that the source has, by thing: their digests. */
export type Digests = ReadonlyMap<Thing, string>;

/**
 * Fetches a package as a person does, file by file and in one file, and checks both by their own manifests. `null` as long as the form in one file is not there.
 */
export async function packageEvidence(
  api: Api,
  requestId: string,
  digests: Digests,
): Promise<Package | null> {
  const path = `/api/privacy-requests/${requestId}/package`;
  const answer = await api.call({ method: "GET", path, as: "operator-app" });
  if (answer.status !== 200) {
    const problem = `its list answers ${answer.status}: ${answer.text.slice(0, 200)}`;
    return { requestId, problems: [problem], holds: [], exceptions: [] };
  }
  const { files, zip } = packageSchema.parse(answer.body);
  if (zip === null) return null;
  const loose = new Map<string, Buffer>();
  const problems: string[] = [];
  for (const { path: name, bytes, sha256, url } of files) {
    const content = await read(url);
    if (content.length !== bytes || sha256Of(content) !== sha256) {
      problems.push(`${name} is not as it is listed`);
    }
    loose.set(name, content);
  }
  problems.push(...bagProblems(loose), ...(await zipProblems(await read(zip.url), loose)));
  return { requestId, problems, ...contentsOf(loose, digests, problems) };
}

/** The form in one file has the same files, all in one folder, with the same bytes. */
async function zipProblems(zip: Buffer, loose: BagFiles): Promise<string[]> {
  const entries = await readZip(zip).catch(() => []);
  const unpacked = new Map(
    entries
      .filter(({ path }) => !path.endsWith("/"))
      .map(({ path, content }) => [path.replace(/^[^/]+\//, ""), content]),
  );
  const missing = [...loose].filter(
    ([path, content]) => unpacked.get(path)?.equals(content) !== true,
  );
  const isSame = missing.length === 0 && unpacked.size === loose.size;
  return isSame ? [] : ["its form in one file has other files"];
}

function contentsOf(
  loose: BagFiles,
  digests: Digests,
  problems: string[],
): Pick<Package, "holds" | "exceptions"> {
  const index = indexSchema.safeParse(parsed(loose.get("index.json")));
  if (!index.success) {
    problems.push("index.json is none");
    return { holds: [], exceptions: [] };
  }
  const assets = index.data.assets.map((asset) => ({
    ...asset,
    thing: thingOf(asset.workspace, asset.kind, asset.sourceId),
  }));
  const isWhole = ({ status }: IndexAsset) => status === "exported";
  return {
    holds: [
      // Of a workspace itself there is what is told of it.
      ...index.data.workspaces.map(({ workspaceId }) => ({
        thing: thingOf(workspaceId, "workspace", ""),
        sha256: null,
      })),
      ...assets.filter(isWhole).map(({ thing, files }) => held(thing, files, digests)),
    ],
    exceptions: assets.filter((asset) => !isWhole(asset)).map(({ thing }) => thing),
  };
}

/** One of the files of a data set is its content. */
function held(thing: Thing, files: IndexAsset["files"], digests: Digests): PackagedThing {
  const original = digests.get(thing);
  if (original === undefined) return { thing, sha256: null };
  const isThere = files.some(({ sha256 }) => sha256 === original);
  return { thing, sha256: isThere ? original : (files[0]?.sha256 ?? "no file") };
}

async function read(url: string): Promise<Buffer> {
  const answer = await fetch(url);
  return answer.ok ? Buffer.from(await answer.arrayBuffer()) : Buffer.alloc(0);
}

function parsed(json: Buffer | undefined): unknown {
  try {
    return JSON.parse(json?.toString() ?? "");
  } catch {
    return null;
  }
}
