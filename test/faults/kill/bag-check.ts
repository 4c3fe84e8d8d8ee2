import { createHash } from "node:crypto";

/** A package's files by path, wherever they came from. */
export type BagFiles = ReadonlyMap<string, Buffer>;

/**
 * What is wrong with a bag, by the text of its own tag files (RFC 8493): every file is in a manifest, matches it, and
 * nothing that a manifest names is missing.
 */
export function bagProblems(files: BagFiles): string[] {
  const [payload, tags] = [new Set<string>(), new Set<string>()];
  for (const path of files.keys()) (path.startsWith("data/") ? payload : tags).add(path);
  tags.delete("tagmanifest-sha256.txt");
  const oxum = /^Payload-Oxum: (\d+)\.(\d+)$/m.exec(textOf(files, "bag-info.txt"));
  const payloadBytes = [...payload].reduce((sum, path) => sum + sizeOf(files, path), 0);
  return [
    ...(textOf(files, "bagit.txt").startsWith("BagIt-Version: 1.0\n") ? [] : ["bagit.txt is none"]),
    ...(Number(oxum?.[1]) === payloadBytes && Number(oxum?.[2]) === payload.size
      ? []
      : ["its Payload-Oxum is wrong"]),
    ...manifestProblems(files, "manifest-sha256.txt", payload),
    ...manifestProblems(files, "tagmanifest-sha256.txt", tags),
  ];
}

function manifestProblems(files: BagFiles, manifest: string, expected: Set<string>): string[] {
  const lines = textOf(files, manifest).split("\n").filter(Boolean);
  const named = new Map(
    lines.map((line) => {
      const [, sha256 = "", path = ""] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      return [path, sha256];
    }),
  );
  const unnamed = [...expected].filter((path) => !named.has(path));
  const wrong = [...named].flatMap(([path, sha256]) => {
    const content = files.get(path);
    if (content === undefined) return [`${path} is in ${manifest} and not there`];
    return sha256Of(content) === sha256 ? [] : [`${path} is not as ${manifest} says`];
  });
  return [...unnamed.map((path) => `${path} is not in ${manifest}`), ...wrong];
}

/** The SHA-256 of bytes, in hex. */
export function sha256Of(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function textOf(files: BagFiles, path: string): string {
  return files.get(path)?.toString() ?? "";
}

function sizeOf(files: BagFiles, path: string): number {
  return files.get(path)?.length ?? 0;
}
