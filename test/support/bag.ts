import { createHash } from "node:crypto";
import type { PrivacyRequest } from "../../shared/core/request.ts";
import { packageLinks } from "../../shared/pipeline/package-links.ts";
import type { MemoryStage } from "./stage.ts";

/** A downloaded bag, and what is wrong with it. */
export type Bag = {
  readonly tags: Readonly<Record<string, Buffer>>;
  readonly payload: Readonly<Record<string, Buffer>>;
  readonly problems: readonly string[];
};

/** Downloads a package by its links and checks it as RFC 8493, 3 asks, without the code that made it. */
export async function bagOf(stage: MemoryStage, request: PrivacyRequest): Promise<Bag> {
  const { files } = await packageLinks(stage, request);
  const tags: Record<string, Buffer> = {};
  const payload: Record<string, Buffer> = {};
  const problems: string[] = [];
  for (const { path, bytes, sha256, url } of files) {
    const { status, body } = await stage.packages.visit(url);
    if (status !== 200) problems.push(`${path} answers ${status}`);
    const content = Buffer.from(body);
    if (content.length !== bytes) problems.push(`${path} has ${content.length} bytes`);
    if (digest(content) !== sha256) problems.push(`${path} has another digest than is listed`);
    (path.startsWith("data/") ? payload : tags)[path] = content;
  }
  problems.push(...bagProblems(new Map(Object.entries({ ...tags, ...payload }))));
  return { tags, payload: sorted(payload), problems };
}

/** What is wrong with a bag by its own manifests, its files by path. */
export function bagProblems(files: ReadonlyMap<string, Buffer>): string[] {
  const problems: string[] = [];
  const [payload, tags] = [[...files], [...files]].map((all, index) =>
    Object.fromEntries(all.filter(([path]) => path.startsWith("data/") === (index === 0))),
  );
  const manifest = check(tags?.["manifest-sha256.txt"], payload ?? {}, problems);
  const missing = Object.keys(payload ?? {}).filter((path) => !manifest.has(path));
  problems.push(...missing.map((path) => `${path} is not in the manifest`));
  check(tags?.["tagmanifest-sha256.txt"], tags ?? {}, problems);
  const sizes = Object.values(payload ?? {}).map(({ length }) => length);
  const wanted = `Payload-Oxum: ${sizes.reduce((sum, bytes) => sum + bytes, 0)}.${sizes.length}\n`;
  if (!String(tags?.["bag-info.txt"]).includes(wanted)) problems.push("the Payload-Oxum is wrong");
  return problems;
}

function check(
  manifest: Buffer | undefined,
  files: Readonly<Record<string, Buffer>>,
  problems: string[],
): Set<string> {
  const paths = new Set<string>();
  for (const line of String(manifest ?? "")
    .split("\n")
    .filter(Boolean)) {
    const [, sha256 = "", path = ""] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    paths.add(path);
    const content = files[path];
    if (content === undefined) problems.push(`${path} is in a manifest and not in the bag`);
    else if (digest(content) !== sha256) problems.push(`${path} does not match its manifest`);
  }
  if (manifest === undefined) problems.push("a manifest is missing");
  return paths;
}

function digest(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function sorted(files: Readonly<Record<string, Buffer>>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}
