import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { claimDataDir } from "../../../local/stack/data-dir.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const SCRIPT = fileURLToPath(new URL("../../../local/start.ts", import.meta.url));

it("a start that is refused leaves the running stack's log alone and says so in JSON", async () => {
  await using folder = await temporaryFolder();
  const log = join(folder.path, "stack.log");
  const claim = await claimDataDir(folder.path);
  await writeFile(log, "of the running stack\n");

  const result = await start("--once", "--json", "--data", folder.path);
  await claim.release();

  expect(result.exitCode).toBe(1);
  expect(result.stdout).toBe('{"requests":[],"verified":false}\n');
  expect(result.stderr).toContain(`${folder.path} is in use by a stack`);
  expect(await readFile(log, "utf8")).toBe("of the running stack\n");
});

async function start(...args: string[]) {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exited,
  ]);
  return { stdout, stderr, exitCode };
}
