import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { credentialOf, workspaceIdOf } from "../../local/simulators/seed/derived-ids.ts";
import { deleteAssets } from "../../local/stack/delete-assets.ts";
import { exportWorkspace } from "../../local/stack/export-workspace.ts";
import { seededWorkspaces } from "../../local/stack/seeded-workspaces.ts";
import { TIMERS, workspaceViewSchema } from "../../shared/core/wire.ts";
import { runCli } from "../support/cli/run-cli.ts";
import { type LocalStack, localStack, sha256sum } from "../support/e2e/local-stack.ts";

const FREE = workspaceIdOf("F1");
const OTHER_FREE = workspaceIdOf("F2");
const NEARLY_OVER = workspaceIdOf("G2");
const tokenOf = (key: string, number = 1) => credentialOf(`token${number}:${key}`);

let local: LocalStack;
beforeAll(async () => {
  local = await localStack({ RETRY_BASE_MS: "50", RETRY_CAP_MS: "100", RETRY_MAX_TRIES: "3" });
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
});

function register(workspaceId: string, token: string, clientId?: string): Promise<Response> {
  const body = JSON.stringify({ region: "South Central US", token });
  const headers = { "content-type": "application/json" };
  return local.api(`/api/workspaces/${workspaceId}`, { method: "PUT", headers, body }, clientId);
}

/** What the vault holds, deleted secrets included. */
function vault(): Promise<string> {
  return readFile(join(local.dataDir, "simulators", "vault.json"), "utf8");
}

describe("the account types", () => {
  it("are each exported the way npm start does, and every package verifies", async () => {
    const { signal } = new AbortController();
    const exporting = { dataDir: local.dataDir, signal, onLine: () => undefined };
    const { standard, free, guest: young } = await seededWorkspaces(local.stack.urls.control);

    const results = await Promise.all(
      [standard, free, young].map((one) => exportWorkspace(exporting, one)),
    );

    expect(results.map(({ accountType, state }) => [accountType, state])).toEqual([
      ["standard", "completed"],
      ["free", "completed"],
      ["guest", "completed"],
    ]);
    for (const result of results) {
      expect(result.assets).toBeGreaterThan(2);
      await sha256sum(result.package ?? "");
      expect(result.receipt).toContain(`${result.id}.json`);
    }
    const guest = await local.view(results[2]?.id ?? "");
    expect(guest.workspaces[0]?.expiresAt).toMatch(/^\d{4}-.*Z$/);
  });
});

describe("a deletion the way npm start does it", () => {
  it("leaves nothing that its plan marked deletable, and its receipt and audit trail are proven", async () => {
    const { signal } = new AbortController();
    const controlUrl = local.stack.urls.control;
    const deleting = { dataDir: local.dataDir, controlUrl, signal, onLine: () => undefined };
    const { standard } = await seededWorkspaces(controlUrl);

    const result = await deleteAssets(deleting, { ...standard, dataset: "Call centre log" });

    expect(result).toMatchObject({ state: "completed", assets: 1, left: 0 });
    const audit = await runCli(
      ["verify-audit", result.id, "--receipt", result.receipt ?? "", "--json"],
      { STUDIO_DSR_STACK: join(local.dataDir, "stack.json") },
    );
    expect(JSON.parse(audit.stdout)).toMatchObject({ verified: true, requestId: result.id });
    expect((await fetch(`${local.stack.urls.api}/.well-known/jwks.json`)).status).toBe(200);
  });
});

describe("a token", () => {
  it("that is replaced takes the place of the one before, which is purged", async () => {
    await register(FREE, tokenOf("F1"));

    const answer = await register(FREE, tokenOf("F1", 2));

    expect([answer.status, (await vault()).includes(tokenOf("F1"))]).toEqual([200, false]);
    expect(await vault()).toContain(tokenOf("F1", 2));
    const id = await local.submit(FREE);
    expect(await local.until(id, ["completed", "failed"])).toMatchObject({
      state: "completed",
      workspaces: [{ name: "Free-Workspace", accountType: "free", expiresAt: null }],
    });
  });

  it("of another workspace is refused and not stored", async () => {
    const answer = await register(OTHER_FREE, tokenOf("F1"));

    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: "workspace-denied" });
    expect((await local.api(`/api/workspaces/${OTHER_FREE}`)).status).toBe(404);
    expect(await vault()).not.toContain(`workspace-${OTHER_FREE}`);
  });

  it("goes with the registration, which others cannot remove", async () => {
    await register(OTHER_FREE, tokenOf("F2"), "operator-app");
    expect(await vault()).toContain(tokenOf("F2"));
    const path = `/api/workspaces/${OTHER_FREE}`;

    const byOther = await local.api(path, { method: "DELETE" });
    const byOwner = await local.api(path, { method: "DELETE" }, "operator-app");

    expect([byOther.status, byOwner.status]).toEqual([404, 204]);
    expect(await vault()).not.toContain(tokenOf("F2"));
    const id = await local.submit(OTHER_FREE);
    expect(await local.until(id, ["failed"])).toMatchObject({
      failure: { code: "workspace-not-found" },
    });
  });
});

it("a guest workspace that ends before its export is done ends it with that reason", async () => {
  const answer = await register(NEARLY_OVER, tokenOf("G2"));
  const { expiresAt } = workspaceViewSchema.parse(await answer.json());
  await local.control("clock", { advanceMs: 600_000 });

  const id = await local.submit(NEARLY_OVER);

  expect(Date.parse(expiresAt ?? "")).toBeLessThan(Date.now() + 600_000);
  expect(await local.until(id, ["failed", "completed", "blocked"])).toMatchObject({
    state: "failed",
    failure: { code: "guest-workspace-expired" },
    package: null,
  });
});

it("every timer runs by hand, through the host and through the command line", async () => {
  const ran = await Promise.all(
    TIMERS.map((name) => {
      const body = JSON.stringify({ input: "" });
      return fetch(`${local.stack.urls.api}/admin/functions/${name}`, { method: "POST", body });
    }),
  );
  const { exitCode, stdout } = await runCli(["purge"], {
    STUDIO_DSR_STACK: join(local.dataDir, "stack.json"),
    STUDIO_DSR_LOCAL_IDENTITY: "operator-app",
  });

  expect(ran.map(({ status }) => status)).toEqual([202, 202, 202]);
  // A guest workspace that was registered above may have ended by now.
  const ranWell = expect.stringMatching(/^purge-guest-exports: [01] looked at, 0 failed\n$/);
  expect([exitCode, stdout]).toEqual([0, ranWell]);
  expect(local.lines.filter((line) => line.includes("run by hand, failed"))).toEqual([]);
});

it("no token is in any log, table, queue, blob or package, and the search would find one", async () => {
  await register(FREE, tokenOf("F1"));
  const tokens = ["F1", "F2", "G1", "G2"].flatMap((key) => [tokenOf(key), tokenOf(key, 2)]);
  const shown = tokens.flatMap((token) => [token, encodeURIComponent(token)]);
  await local.stack.stop();

  const findings: Record<string, string[]> = {};
  for await (const entry of glob(join(local.folder, "**/*"), { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), "latin1");
    for (const [what, words] of [
      ["token", shown],
      ["workspace", [FREE]],
    ] as const) {
      if (words.some((word) => text.includes(word))) (findings[what] ??= []).push(entry.name);
    }
  }

  expect(findings["token"]).toEqual(["vault.json"]);
  expect(findings["workspace"]).toContain("__azurite_db_table__.json");
  expect(local.lines.join("\n")).toContain(`"workspaceId":"${FREE}"`);
  expect(shown.filter((token) => local.lines.join("\n").includes(token))).toEqual([]);
});
