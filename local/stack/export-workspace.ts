import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** One export as it ended, for the summary. */
export type ExportResult = {
  readonly id: string;
  readonly kind: string;
  /** Name and account type, as the app found them. */
  readonly workspace: string | null;
  readonly accountType: string | null;
  readonly state: string;
  readonly assets: number | null;
  /** Payload bytes of the downloaded package. */
  readonly bytes: number | null;
  /** Absolute path of the downloaded package; null when it was not proven. */
  readonly package: string | null;
};

const requestSchema = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  workspaces: z.array(z.object({ name: z.string(), accountType: z.string() })),
  progress: z.object({ items: z.object({ total: z.number().nullable() }) }),
});
const packageSchema = z.object({ folder: z.string(), payloadBytes: z.number() });

/** An export that takes longer than this on the seeded data has got stuck. */
const LONGEST_MS = 10 * 60 * 1000;

const CLI = fileURLToPath(new URL("../../dist/studio-dsr.js", import.meta.url));

/**
 * Exports a workspace the way an internal tool would: with the command line, as a process of its own.
 * The package is downloaded to `<dataDir>/exports/<request id>` and every digest in it is proven.
 *
 * Throws when the request is not even accepted, or when `signal` aborts; `package` is null when anything
 * later fails or takes more than ten minutes. Progress and explanations go to standard error.
 */
export async function exportWorkspace(
  dataDir: string,
  workspace: string,
  signal: AbortSignal,
): Promise<ExportResult> {
  const run = <Value>(schema: z.ZodType<Value>, ...args: string[]) =>
    runCli(schema, args, join(dataDir, "stack.json"), signal);
  const submitted = await run(requestSchema, "export", workspace);
  if (submitted.value === null) throw new Error("The export was not accepted; see above.");
  const { id } = submitted.value;
  const watched = await run(requestSchema, "status", id, "--watch");
  const request = watched.value ?? submitted.value;
  const folder = join(dataDir, "exports", id);
  const proven = watched.isOk ? await run(packageSchema, "download", id, "--out", folder) : null;
  return {
    id,
    kind: request.kind,
    workspace: request.workspaces[0]?.name ?? null,
    accountType: request.workspaces[0]?.accountType ?? null,
    state: request.state,
    assets: request.progress.items.total,
    bytes: proven?.value?.payloadBytes ?? null,
    package: proven?.isOk === true ? (proven.value?.folder ?? null) : null,
  };
}

/** Runs the command line with `--json`; the value is null when its first line is nothing that fits. */
async function runCli<Value>(
  schema: z.ZodType<Value>,
  args: readonly string[],
  stackFile: string,
  signal: AbortSignal,
): Promise<{ readonly isOk: boolean; readonly value: Value | null }> {
  const child = spawn(process.execPath, [CLI, "--json", ...args], {
    env: { PATH: process.env["PATH"], STUDIO_DSR_STACK: stackFile },
    stdio: ["ignore", "pipe", "inherit"],
    signal,
    timeout: LONGEST_MS,
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve).once("error", reject);
  });
  const [stdout, exitCode] = await Promise.all([text(child.stdout), exited]);
  // What went wrong comes as a line of its own, after the request.
  const [line = ""] = stdout.split("\n");
  const value = line === "" ? null : schema.safeParse(JSON.parse(line));
  return { isOk: exitCode === 0, value: value?.data ?? null };
}
