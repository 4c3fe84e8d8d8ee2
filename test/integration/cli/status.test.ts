import { describe, expect, it } from "vitest";
import { cliSetup, REQUEST_ID as ID } from "../../support/cli/cli-setup.ts";
import { requestView } from "../../support/cli/fake-api.ts";
import { jsonLines } from "../../support/cli/json-lines.ts";
import { runCli } from "../../support/cli/run-cli.ts";

const DENIED = { code: "workspace-denied", detail: "The workspace refused our credentials" };

describe("studio-dsr status", () => {
  it("prints the request as the API shows it with --json", async () => {
    await using setup = await cliSetup();

    const result = await setup.run("status", ID, "--json");

    expect(result.exitCode).toBe(0);
    expect(JSON.parse(result.stdout)).toEqual(requestView({}));
  });

  it("fails with the reason when a watched request has failed", async () => {
    await using setup = await cliSetup();
    const body = requestView({ state: "failed", stage: "failed", failure: DENIED });
    setup.api.requests = [{ status: 200, body }];

    const result = await setup.run("status", ID, "--watch");

    expect(result.exitCode).toBe(1);
    expect(result.stdout).toBe(`${ID}  failed, 3 of 3 items, 2.0 MB of 2.0 MB\n`);
    expect(result.stderr).toContain(
      `Request ${ID} is failed: The workspace refused our credentials (workspace-denied).`,
    );
  });

  it("tells the reason of a failed request that is not watched", async () => {
    await using setup = await cliSetup();
    const body = requestView({ state: "failed", stage: "failed", failure: DENIED });
    setup.api.requests = [{ status: 200, body }];

    const result = await setup.run("status", ID);

    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain("2.0 MB - The workspace refused our credentials\n");
  });

  it.each(["status", "download"])(
    "is a usage error of %s when the id is none, without a call",
    async (command) => {
      await using setup = await cliSetup();

      const result = await setup.run(command, "0f0f", "--json");

      const message = "A request id is 32 hex digits, as submitting an export prints it.";
      expect(result.exitCode).toBe(2);
      expect(jsonLines(result.stdout)).toEqual([{ error: { message } }]);
      expect(setup.api.calls).toEqual([]);
    },
  );

  it("names the id that is not known", async () => {
    await using setup = await cliSetup();
    const title = "There is no such thing";
    const body = { type: "about:blank", title, status: 404, code: "not-found" };
    setup.api.requests = [{ status: 404, body }];

    const result = await setup.run("status", ID);

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toBe(`There is no such thing.\nCheck the request id ${ID}.\n`);
  });
});

describe("a request that waits for a person", () => {
  it("is told with its reason, and when it looks again, instead of being watched for ever", async () => {
    await using setup = await cliSetup();
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
    expect(result.stderr).toContain(
      "no access token for https://dsr.example, and no local stack is running (looked for /nowhere)",
    );
  });

  it("says what to do when nothing answers", async () => {
    await using setup = await cliSetup();
    const { url } = setup.api;
    await setup.api[Symbol.asyncDispose]();

    const env = { STUDIO_DSR_TOKEN: "t", STUDIO_DSR_API: url };
    const result = await runCli(["status", ID], env);

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`Nothing answers at ${url}. Start the local stack`);
  });
});
