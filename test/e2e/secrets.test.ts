import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { credentialOf, workspaceIdOf } from "../../local/simulators/seed/derived-ids.ts";
import { type LocalStack, localStack } from "../support/e2e/local-stack.ts";

const run = promisify(execFile);

const CHURN = workspaceIdOf("S1");
const TRAINING = `${CHURN}.f-id.22070af37c805222cafc51d35b75f5b7`;

let local: LocalStack;
beforeAll(async () => {
  local = await localStack({ RETRY_BASE_MS: "50", RETRY_CAP_MS: "100", RETRY_MAX_TRIES: "3" });
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
});

describe("credentials in the metadata of a workspace", () => {
  it("get into nothing that an export writes: package, tables, blobs, queues, logs", async () => {
    await local.control("switches", { plantSecrets: true });
    const patterns = await patternsOf(await secretsOf("S1"));
    const raw = await rawDocuments();

    const id = await local.submit(CHURN);
    await local.until(id, ["completed"]);
    const folder = await local.download(id);

    // What the stores hold in memory reaches their files when they end.
    await local.stack.stop();
    // The whole data directory: storage with its tables and blobs, the broker's queues, the host and the logs.
    // Only the simulators' own folder is left out.
    const leaks = await filesWith(patterns, folder, local.dataDir);
    expect(leaks.filter((file) => !file.startsWith(join(local.dataDir, "simulators")))).toEqual([]);
    // The search does find what is there.
    expect(await filesWith(patterns, raw)).toHaveLength(4);
    const experiments = join(folder, "data/workspace/experiments");
    const document = join(experiments, "Churn - training/experiment.json");
    expect(await readFile(document, "utf8")).toContain("[redacted]");
  });
});

/** Every credential that an answer about the workspace can hold: the planted ones, keys, tokens, signatures. */
async function secretsOf(key: string): Promise<readonly string[]> {
  const answer = await fetch(`${local.stack.urls.control}/control/workspaces/${key}/secrets`);
  const secrets = (await answer.json()) as readonly string[]; // The control surface answers a list of texts.
  const planted = await fetch(`${local.stack.urls.control}/control/workspaces/${key}/planted`);
  expect(((await planted.json()) as readonly unknown[]).length).toBeGreaterThanOrEqual(60);
  return secrets;
}

/** A file with each secret in the forms in which it could be written, one a line. */
async function patternsOf(secrets: readonly string[]): Promise<string> {
  const forms = secrets.flatMap((secret) => {
    const bare = secret.replace(/=+$/, "");
    return [
      bare,
      bare.replaceAll("+", "-").replaceAll("/", "_"),
      bare.replaceAll("/", "\\/"),
      encodeURIComponent(bare),
      encodeURIComponent(encodeURIComponent(bare)),
    ];
  });
  const file = join(local.folder, "patterns");
  await writeFile(file, [...new Set(forms)].join("\n"));
  return file;
}

/** The same documents as the service sends them, in a folder beside the stack's. */
async function rawDocuments(): Promise<string> {
  const folder = join(local.folder, "raw");
  await mkdir(folder);
  const paths = ["", `/experiments/${TRAINING}`, "/gateways", "/datasources"];
  for (const [index, path] of paths.entries()) {
    const answer = await fetch(`${local.stack.urls.studio}/api/workspaces/${CHURN}${path}`, {
      headers: { "x-ms-metaanalytics-authorizationtoken": credentialOf("token1:S1") },
    });
    await writeFile(join(folder, `${index}.json`), await answer.text());
  }
  return folder;
}

/** The files below these folders that hold one of the patterns, whatever else they hold. */
async function filesWith(patterns: string, ...folders: readonly string[]): Promise<string[]> {
  const found = await run("grep", ["-rlaF", "-f", patterns, ...folders], {
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { code?: unknown; stdout: string }) => {
    // 1 says that there is none.
    if (error.code === 1) return { stdout: "" };
    throw error;
  });
  return found.stdout.split("\n").filter((line) => line !== "");
}
