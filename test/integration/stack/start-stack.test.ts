import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededWorkspaces } from "../../../local/stack/seeded-workspaces.ts";
import type { Stack, StackLine } from "../../../local/stack/stack-types.ts";
import { startStack } from "../../../local/stack/start-stack.ts";
import { isRunning } from "../../support/stack/processes.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";
import { trustAuthority } from "../../support/trusted-certificate.ts";

describe("a running stack", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let stack: Stack;
  const lines: StackLine[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder();
    stack = await startStack({
      dataDir: folder.path,
      ports: "any",
      settings: { LEASE_MS: "2000", EXTRA: "yes" },
      onLine: (line) => lines.push(line),
    });
    await trustAuthority(stack.caFile);
  });

  afterAll(async () => {
    await stack?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  it("answers at every address on 127.0.0.1", async () => {
    const { api, azuriteBlob, azuriteTable, control, arm, studio } = stack.urls;

    const answers = await Promise.all(
      [api, azuriteBlob, azuriteTable, control, arm, studio].map((url) => fetch(url)),
    );

    const hosts = Object.values(stack.urls).map((url) => new URL(url).hostname);
    expect(answers.every(({ status }) => status >= 200 && status < 500)).toBe(true);
    expect(new Set(hosts)).toEqual(new Set(["127.0.0.1"]));
  });

  it("gives the app the settings of its addresses, with those of the caller on top", async () => {
    const file = JSON.parse(await readFile(stack.settingsFile, "utf8"));

    expect(file.Values).toEqual(stack.settings);
    expect(stack.settings["STORAGE_BLOB_URL"]).toBe(stack.urls.azuriteBlob);
    expect(stack.settings["LEASE_MS"]).toBe("2000");
    expect(stack.settings["EXTRA"]).toBe("yes");
  });

  it("has the settings of local.settings.json but for ports and what the caller says", async () => {
    const text = await readFile(new URL("../../../local.settings.json", import.meta.url), "utf8");
    const { Values: shipped } = JSON.parse(text);

    const used = { ...stack.settings, LEASE_MS: shipped.LEASE_MS };

    expect(withoutPorts(used)).toEqual({ ...withoutPorts(shipped), EXTRA: "yes" });
  });

  it("gives a token of the local issuer and knows the seeded workspace", async () => {
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "requester-tool",
      scope: "api://studio-dsr/.default",
    });

    const token = await fetch(stack.urls.token, { method: "POST", body });
    const { workspace } = (await seededWorkspaces(stack.urls.control)).standard;

    expect(token.status).toBe(200);
    expect(workspace).toMatch(/^\/subscriptions\/.*\/workspaces\/contoso-churn$/);
  });

  it.each(["host", "simulators", "service-bus"] as const)(
    "starts a killed %s again at the same address",
    async (name) => {
      const { pid, starts } = stack.process(name);

      await stack.kill(name, "SIGKILL");
      await stack.process(name).whenReady();

      expect(stack.process(name).starts).toBe(starts + 1);
      expect(stack.process(name).pid).not.toBe(pid);
      expect((await fetch(stack.urls.control)).status).toBeLessThan(500);
      expect((await fetch(`${stack.urls.api}/api/health`)).status).toBe(200);
      expect(lines.map(({ text }) => text)).toContain(
        `${name} ended (signal SIGKILL); starting it again in 100 ms`,
      );
    },
  );

  it("restarts storage in order and keeps its address", async () => {
    await stack.restart("azurite");

    const answer = await fetch(stack.urls.azuriteBlob);

    expect(answer.status).toBeLessThan(500);
  });

  it("refuses a second stack on the same data directory", async () => {
    const second = startStack({ dataDir: folder.path, ports: "any" });

    await expect(second).rejects.toThrow(
      `${folder.path} is in use by a stack with process id ${process.pid}`,
    );
  });

  it("leaves no process and no stack.json behind when it is stopped", async () => {
    const names = ["host", "azurite", "service-bus", "simulators"] as const;
    const pids = names.map((name) => stack.process(name).pid ?? 0);
    const wereRunning = await Promise.all(pids.map(isRunning));

    await stack.stop();

    expect(wereRunning).toEqual([true, true, true, true]);
    expect(await Promise.all(pids.map(isRunning))).toEqual([false, false, false, false]);
    await expect(stat(join(folder.path, "stack.json"))).rejects.toThrow("ENOENT");
  });
});

describe("a stack whose parent ends", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)("leaves no process behind after %s", async (signal) => {
    await using folder = await temporaryFolder();
    const script = fileURLToPath(new URL("../../support/stack/stack-parent.ts", import.meta.url));
    const parent = spawn(process.execPath, [script, folder.path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    const pids: number[] = JSON.parse(line);
    const wereRunning = await Promise.all(pids.map(isRunning));

    parent.kill(signal);

    expect(wereRunning).toEqual([true, true, true]);
    await expect
      .poll(() => Promise.all(pids.map(isRunning)), { timeout: 10_000 })
      .toEqual([false, false, false]);
  });
});

function withoutPorts(settings: Record<string, string>): Record<string, string> {
  return JSON.parse(JSON.stringify(settings).replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1"));
}
