import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { requestView, startFakeApi } from "../../support/cli/fake-api.ts";
import { runCli } from "../../support/cli/run-cli.ts";
import { sampleBag } from "../../support/cli/sample-bag.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const ID = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";
const WORKSPACE = "b577bbf6c46640c822e2a6e3d255d437";
const RUNNING = requestView({ state: "running", stage: "working", finishedAt: null });

describe("studio-dsr export", () => {
  it("submits the workspace with the idempotency key and prints the id", async () => {
    await using setup = await arrange();
    setup.api.requests = [{ status: 202, body: RUNNING }];

    const result = await setup.run("export", WORKSPACE, "--key", "ticket-7");

    const call = setup.api.calls.find(({ path }) => path === "/api/privacy-requests");
    expect(result.exitCode).toBe(0);
    expect(result.stdout.split("  ")[0]).toBe(ID);
    expect(call).toMatchObject({ path: "/api/privacy-requests", key: "ticket-7" });
    expect(JSON.parse(call?.body ?? "")).toEqual({
      kind: "export",
      scope: { workspaces: [WORKSPACE] },
    });
  });

  it("repeats a submission that was throttled, with the same key", async () => {
    await using setup = await arrange();
    setup.api.requests = [
      { status: 503, body: {}, retryAfter: "0" },
      { status: 202, body: RUNNING },
    ];

    const result = await setup.run("export", WORKSPACE);

    const keys = setup.api.calls.filter(({ path }) => path === "/api/privacy-requests");
    expect(result.exitCode).toBe(0);
    expect(keys).toHaveLength(2);
    expect(keys[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]?.key).toBe(keys[0]?.key);
  });

  it("waits, downloads and proves the package with --out", async () => {
    await using setup = await arrange();
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

  it("prints title, detail and every finding of an error, and what to do", async () => {
    await using setup = await arrange();
    const problem = {
      type: "about:blank",
      title: "The idempotency key was used with another body",
      status: 422,
      detail: "take a new key",
      code: "idempotency-conflict",
      errors: [{ pointer: "/scope", detail: "is another one" }],
    };
    setup.api.requests = [{ status: 422, body: problem }];

    const result = await setup.run("export", WORKSPACE, "--json");

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toBe(`The idempotency key was used with another body: take a new key.
  /scope: is another one
Use another --key for another request.
`);
    expect(JSON.parse(result.stdout)).toEqual({ error: problem });
  });

  it("is a usage error for something that is no workspace, without a call", async () => {
    await using setup = await arrange();

    const result = await setup.run("export", "contoso");

    expect(result.exitCode).toBe(2);
    expect(setup.api.calls).toEqual([]);
  });
});

describe("studio-dsr status", () => {
  it("prints the request as the API shows it with --json", async () => {
    await using setup = await arrange();

    const result = await setup.run("status", ID, "--json");

    expect(result.exitCode).toBe(0);
    expect(JSON.parse(result.stdout)).toEqual(requestView({}));
  });

  it("fails with the reason when a watched request has failed", async () => {
    await using setup = await arrange();
    const failure = { code: "workspace-denied", detail: "The workspace refused our credentials" };
    setup.api.requests = [{ status: 200, body: requestView({ state: "failed", failure }) }];

    const result = await setup.run("status", ID, "--watch");

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(
      `Request ${ID} is failed: The workspace refused our credentials (workspace-denied).`,
    );
  });
});

describe("a request that waits for a person", () => {
  it("is told with its reason, and when it looks again, instead of being watched for ever", async () => {
    await using setup = await arrange();
    const failure = { code: "workspace-locked", detail: "A lock forbids it" };
    const wakeAt = "2026-03-03T09:00:00.000Z";
    const body = requestView({ state: "blocked", failure, wakeAt, finishedAt: null });
    setup.api.requests = [{ status: 200, body }];

    const result = await setup.run("status", ID, "--watch");

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(
      `Request ${ID} is blocked: A lock forbids it (workspace-locked). It looks again at ${wakeAt}.`,
    );
  });
});

describe("the connection", () => {
  it("is a usage error without a token", async () => {
    const env = { STUDIO_DSR_STACK: "/nowhere", STUDIO_DSR_API: "https://dsr.example" };

    const result = await runCli(["status", ID], env);

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("There is no access token for https://dsr.example.");
  });

  it("says what to do when nothing answers", async () => {
    await using setup = await arrange();
    const { url } = setup.api;
    await setup.api[Symbol.asyncDispose]();

    const env = { STUDIO_DSR_TOKEN: "t", STUDIO_DSR_API: url };
    const result = await runCli(["status", ID], env);

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`Nothing answers at ${url}. Start the local stack`);
  });
});

async function arrange() {
  const folder = await temporaryFolder();
  const api = await startFakeApi(folder.path, sampleBag());
  return {
    api,
    out: join(folder.path, "out"),
    run: (...args: string[]) => runCli(args, { STUDIO_DSR_STACK: api.stackFile }),
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
