import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cliSetup, REQUEST_ID as ID } from "../../support/cli/cli-setup.ts";
import { requestView } from "../../support/cli/fake-api.ts";
import { jsonLines } from "../../support/cli/json-lines.ts";

const WORKSPACE = "b577bbf6c46640c822e2a6e3d255d437";
const DENIED = { code: "workspace-denied", detail: "The workspace refused our credentials" };
const RUNNING = requestView({ state: "running", stage: "working", finishedAt: null });

describe("studio-dsr export", () => {
  it("submits the workspace with the idempotency key and prints the id", async () => {
    await using setup = await cliSetup();
    setup.api.requests = [{ status: 202, body: RUNNING }];

    const result = await setup.run("export", WORKSPACE, "--key", "ticket-7");

    const call = setup.api.calls.find(({ path }) => path === "/api/privacy-requests");
    expect(result.exitCode).toBe(0);
    expect(result.stdout.split("  ")[0]).toBe(ID);
    expect(call).toMatchObject({ path: "/api/privacy-requests", key: '"ticket-7"' });
    expect(JSON.parse(call?.body ?? "")).toEqual({
      kind: "export",
      scope: { workspaces: [WORKSPACE] },
    });
  });

  it("repeats a submission that was throttled, with the same key", async () => {
    await using setup = await cliSetup();
    setup.api.requests = [
      { status: 503, body: {}, retryAfter: "0" },
      { status: 202, body: RUNNING },
    ];

    const result = await setup.run("export", WORKSPACE);

    const keys = setup.api.calls.filter(({ path }) => path === "/api/privacy-requests");
    expect(result.exitCode).toBe(0);
    expect(keys).toHaveLength(2);
    expect(keys[0]?.key).toMatch(/^"[0-9a-f-]{36}"$/);
    expect(keys[1]?.key).toBe(keys[0]?.key);
  });

  it("waits, downloads and proves the package with --out", async () => {
    await using setup = await cliSetup();
    setup.api.requests = [
      { status: 202, body: RUNNING },
      { status: 200, body: RUNNING },
      { status: 200, body: requestView({}) },
    ];

    const result = await setup.run("export", WORKSPACE, "--out", setup.out, "--json");

    expect(result.exitCode).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({
      request: { id: ID, state: "completed" },
      package: { folder: setup.out, files: 7 },
    });
    expect(result.stderr).toContain("running (working), 3 of 3 items, 2.0 MB of 2.0 MB");
  });

  it("prints an error once, with every finding and what to do", async () => {
    await using setup = await cliSetup();
    const problem = {
      type: "about:blank",
      title: "The idempotency key was used with another body",
      status: 422,
      detail: "This key belongs to another body",
      code: "idempotency-conflict",
      errors: [
        { pointer: "/scope", detail: "is another one" },
        { pointer: "", detail: "must be JSON" },
      ],
    };
    setup.api.requests = [{ status: 422, body: problem }];

    const result = await setup.run("export", WORKSPACE, "--json");

    expect(result.exitCode).toBe(1);
    const message = `This key belongs to another body.
  /scope: is another one
  must be JSON
Use another --key for another request.`;
    expect(result.stderr).toBe(`${message}\n`);
    expect(JSON.parse(result.stdout)).toEqual({ error: { code: "idempotency-conflict", message } });
  });

  it("is a usage error for something that is no workspace, without a call", async () => {
    await using setup = await cliSetup();

    const result = await setup.run("export", "contoso");

    expect(result.exitCode).toBe(2);
    expect(setup.api.calls).toEqual([]);
  });

  it.each(['a"b', "a\\b", "tücket", ""])(
    "is a usage error with the key %j, without a call",
    async (key) => {
      await using setup = await cliSetup();

      const result = await setup.run("export", WORKSPACE, "--key", key);

      expect(result.exitCode).toBe(2);
      expect(result.stderr).toContain("1 to 200 printable ASCII characters");
      expect(setup.api.calls).toEqual([]);
    },
  );

  it("prints the request, then the error, when it failed with --wait --json", async () => {
    await using setup = await cliSetup();
    const failed = requestView({ state: "failed", stage: "failed", failure: DENIED });
    setup.api.requests = [
      { status: 202, body: RUNNING },
      { status: 200, body: failed },
    ];

    const result = await setup.run("export", WORKSPACE, "--wait", "--json");

    const message = `Request ${ID} is failed: The workspace refused our credentials (workspace-denied).`;
    const error = { code: "workspace-denied", message };
    expect(result.exitCode).toBe(1);
    expect(jsonLines(result.stdout)).toEqual([failed, { error }]);
  });

  it("submits nothing when the folder of --out holds other files", async () => {
    await using setup = await cliSetup();
    await mkdir(setup.out);
    await writeFile(join(setup.out, "mine.txt"), "mine");

    const result = await setup.run("export", WORKSPACE, "--out", setup.out);

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("out: it holds other files. Name a new or empty folder");
    expect(setup.api.calls).toEqual([]);
  });
});
