import { createHash } from "node:crypto";

/** Text by path: a complete bag of three payload files, one with a name that a manifest has to encode. */
export function sampleBag(): Record<string, string> {
  const payload = {
    "data/contoso-churn/datasets/Kündigungen 2018.csv": "id,churn\n1,0\n",
    "data/contoso-churn/experiments/100%.json": "{}",
    "data/contoso-churn/large.bin": "0123456789".repeat(200_000),
  };
  const tags = {
    "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
    "bag-info.txt":
      "External-Identifier: 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f\nPayload-Oxum: 2000015.3\n",
    "manifest-sha256.txt": manifest(payload),
  };
  return { ...payload, ...tags, "tagmanifest-sha256.txt": manifest(tags) };
}

/** SHA-256 of a text in lower-case hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function manifest(files: Readonly<Record<string, string>>): string {
  const lines = Object.entries(files).map(
    ([path, text]) => `${sha256(text)}  ${path.replaceAll("%", "%25")}\n`,
  );
  return lines.join("");
}
