import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ensureCertificates } from "../../../local/stack/certificates.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const MAIN = fileURLToPath(new URL("../../../local/simulators/main.ts", import.meta.url));

it("prints its addresses when all surfaces listen and ends on SIGTERM", async () => {
  await using folder = await temporaryFolder();
  const { certFile, keyFile } = await ensureCertificates(folder.path, new Date());
  const child = spawn(
    process.execPath,
    [MAIN, "--cert", certFile, "--key", keyFile, "--data", folder.path, "--large", "1000"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(child, "exit");
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(line));

  await expect.poll(() => lines.length, { timeout: 20_000 }).toBe(1);
  const ready = (lines[0] ?? "").replace("READY ", "");
  const addresses = JSON.parse(ready) as Record<string, string>; // keys asserted below
  const calls = await fetch(`${addresses["control"]}/control/calls`);
  child.kill("SIGTERM");

  expect(await exited).toEqual([0, null]);
  expect(calls.status).toBe(200);
  expect(Object.keys(addresses)).toEqual([
    "studio",
    "management",
    "storage",
    "arm",
    "entra",
    "vault",
    "identity",
    "execution",
    "control",
    "tenantId",
    "subscriptions",
    "issuer",
    "jwks",
  ]);
});

it("explains itself and refuses a surface it does not have", async () => {
  const help = spawn(process.execPath, [MAIN, "--help"], { stdio: "ignore" });
  const wrong = spawn(process.execPath, [MAIN, "--cert", "a", "--key", "b", "--ports", "moon=1"], {
    stdio: "ignore",
  });

  const codes = await Promise.all([once(help, "exit"), once(wrong, "exit")]);

  expect(codes).toEqual([
    [0, null],
    [1, null],
  ]);
});

it("takes switches as JSON or from a file, and says what is wrong with them", async () => {
  await using folder = await temporaryFolder();
  const { certFile, keyFile } = await ensureCertificates(folder.path, new Date());
  const file = join(folder.path, "switches.json");
  await writeFile(file, '{"polls":"many"}');
  const start = (...flags: string[]) =>
    spawn(process.execPath, [MAIN, "--cert", certFile, "--key", keyFile, ...flags]);

  const good = start("--switches", '{"polls":3}', "--faults", "[]", "--bulk", "2");
  const exited = once(good, "exit");
  const [line] = (await once(createInterface(good.stdout), "line")) as [string];
  const { control } = JSON.parse(line.replace("READY ", "")) as Record<string, string>;
  const switches = await fetch(`${control}/control/switches`);
  good.kill("SIGTERM");
  const bad = start("--switches", file);
  const badExited = once(bad, "exit");
  const said = await text(bad.stderr);

  expect(await switches.json()).toMatchObject({ polls: 3 });
  expect(await exited).toEqual([0, null]);
  expect(await badExited).toEqual([1, null]);
  expect(said).toContain("polls");
});

it("closes once, however often it is asked to", async () => {
  const simulators = await startTestSimulators();

  await simulators[Symbol.asyncDispose]();
  await simulators[Symbol.asyncDispose]();

  await expect(fetch(simulators.addresses.control)).rejects.toThrow("fetch failed");
});

it("leaves nothing open when a port is taken", async () => {
  await using first = await startTestSimulators();
  const taken = Number(new URL(first.addresses.arm).port);
  const probe = await startTestSimulators();
  const studio = Number(new URL(probe.addresses.studio).port);
  await probe[Symbol.asyncDispose]();

  const second = startTestSimulators({ ports: { studio, arm: taken } });

  await expect(second).rejects.toThrow("EADDRINUSE");
  await expect(fetch(`https://127.0.0.1:${studio}`)).rejects.toThrow("fetch failed");
});
