import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { startHost } from "../../support/fixture-app/start-host.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const SCRIPT = fileURLToPath(new URL("../../../local/stack.ts", import.meta.url));

it("the stack command has its data directory for itself and ends in order on Ctrl-C", async () => {
  await using folder = await temporaryFolder();
  const first = start(folder.path);
  await expect.poll(() => first.output(), { timeout: 20_000 }).toContain("The stack is up.");
  const second = start(folder.path);
  const secondExitCode = await second.exitCode;

  first.kill("SIGINT");

  expect(await first.exitCode).toBe(0);
  expect(first.output()).toContain("Stopping; press Ctrl-C again to stop at once.");
  expect(secondExitCode).toBe(1);
  expect(second.output()).toContain(`is in use by a stack with process id ${first.pid};`);
  await expect(stat(join(folder.path, "stack.json"))).rejects.toThrow("ENOENT");
});

it("a stack without host leaves a folder that a host can run the app from", async () => {
  await using folder = await temporaryFolder();
  const stack = start(folder.path);
  await expect.poll(() => stack.output(), { timeout: 20_000 }).toContain("The stack is up.");
  await using host = startHost({
    root: join(folder.path, "func"),
    settings: { NODE_EXTRA_CA_CERTS: join(folder.path, "certificates", "ca.pem") },
  });

  const health = await fetch(`${await host.ready()}/api/health`);

  expect(health.status).toBe(200);
  expect(stack.output()).toContain("func start)");
  stack.kill("SIGINT");
  expect(await stack.exitCode).toBe(0);
});

function start(dataDir: string) {
  const child = spawn(process.execPath, [SCRIPT, "--no-host", "--data", dataDir], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => lines.push(line));
  }
  return {
    pid: child.pid,
    output: () => lines.join("\n"),
    exitCode: once(child, "close").then(([code]) => code),
    kill: (signal: "SIGINT") => child.kill(signal),
  };
}
