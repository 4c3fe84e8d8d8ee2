import { describe, expect, it } from "vitest";
import type { WorkspaceView } from "../../../shared/core/wire.ts";
import { type CliSetup, cliSetup } from "../../support/cli/cli-setup.ts";
import { jsonLines } from "../../support/cli/json-lines.ts";
import { runCli } from "../../support/cli/run-cli.ts";

const ID = "aac8fa11a24583e8d5665ffef9c54d04";
const TOKEN = `${"A1b2+/".repeat(14)}==`;
const VIEW: WorkspaceView = {
  id: ID,
  accountType: "guest",
  studioUrl: "https://studioapi.region.invalid",
  createdAt: "2030-01-01T00:00:00.000Z",
  expiresAt: "2030-01-01T08:00:00.000Z",
  registeredBy: "11111111-1111-4111-8111-111111111111",
  registeredAt: "2030-01-01T01:00:00.000Z",
};

const apiCalls = ({ api }: CliSetup) => api.calls.filter(({ path }) => path !== "/token");

function register(setup: CliSetup, args: string[], input: string, env = {}) {
  const { stackFile } = setup.api;
  const all = ["workspaces", "register", ID, ...args];
  return runCli(all, { STUDIO_DSR_STACK: stackFile, ...env }, { input });
}

describe("studio-dsr workspaces register", () => {
  it("sends the token of standard input, and shows it nowhere", async () => {
    await using setup = await cliSetup();
    setup.api.requests = [{ status: 201, body: VIEW }];

    const result = await register(setup, ["--token-stdin"], `${TOKEN}\n`);

    const [call] = apiCalls(setup);
    expect(call).toMatchObject({ method: "PUT", path: `/api/workspaces/${ID}` });
    expect(JSON.parse(call?.body ?? "")).toEqual({ region: "South Central US", token: TOKEN });
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toBe(
      `${ID}  guest, registered 2030-01-01T01:00:00.000Z, ends at 2030-01-01T08:00:00.000Z or before\n` +
        `Export it with: studio-dsr export ${ID}\n`,
    );
  });

  it("takes the token of the environment, a region and a type", async () => {
    await using setup = await cliSetup();
    setup.api.requests = [{ status: 200, body: VIEW }];
    const args = ["--region", "West Europe", "--type", "guest", "--json"];

    const result = await register(setup, args, "", { STUDIO_DSR_WORKSPACE_TOKEN: TOKEN });

    const [call] = apiCalls(setup);
    expect(JSON.parse(call?.body ?? "")).toEqual({
      region: "West Europe",
      type: "guest",
      token: TOKEN,
    });
    expect(jsonLines(result.stdout)).toEqual([VIEW]);
  });

  it.each<[string, string[], string, string]>([
    ["no token", [], TOKEN, "--token-stdin, or in STUDIO_DSR_WORKSPACE_TOKEN"],
    ["an empty standard input", ["--token-stdin"], "\n", "Standard input is empty"],
    ["far too much", ["--token-stdin"], TOKEN.repeat(100), "holds more than a token"],
    ["what is no token", ["--token-stdin"], "short", "token: must be an access token"],
    ["a type that is none", ["--token-stdin", "--type", "paid"], TOKEN, "type: "],
  ])("is a usage error with %s, without a call", async (_what, args, input, told) => {
    await using setup = await cliSetup();

    const result = await register(setup, args, input);

    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toContain(told);
    expect(result.stderr).not.toContain(TOKEN);
    expect(apiCalls(setup)).toEqual([]);
  });

  it("says what to do when the token is refused", async () => {
    await using setup = await cliSetup();
    const problem = { type: "x", title: "The workspace refused our credentials", status: 403 };
    setup.api.requests = [{ status: 403, body: { ...problem, code: "workspace-denied" } }];

    const result = await register(setup, ["--token-stdin", "--json"], TOKEN);

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("The workspace refused our credentials.\nCheck the token: ");
    expect(jsonLines(result.stdout)).toMatchObject([{ error: { code: "workspace-denied" } }]);
    expect(result.stdout + result.stderr).not.toContain(TOKEN);
  });
});

describe("studio-dsr workspaces", () => {
  it("lists what is registered, a line each", async () => {
    await using setup = await cliSetup();
    const free = { ...VIEW, accountType: "free", expiresAt: null };
    setup.api.requests = [{ status: 200, body: { workspaces: [free, VIEW] } }];

    const result = await setup.run("workspaces", "list");

    const lines = result.stdout.split("\n");
    expect(lines[0]).toBe(`${ID}  free, registered 2030-01-01T01:00:00.000Z`);
    expect(lines).toHaveLength(3);
  });

  it("says so when nothing is registered", async () => {
    await using setup = await cliSetup();
    setup.api.requests = [{ status: 200, body: { workspaces: [] } }];

    const texts = [
      (await setup.run("workspaces", "list")).stdout,
      (await setup.run("workspaces", "list", "--json")).stdout,
    ];

    expect(texts).toEqual(["No workspace is registered.\n", '{"workspaces":[]}\n']);
  });

  it("removes a workspace by its id, dashes and capitals aside", async () => {
    await using setup = await cliSetup();
    setup.api.requests = [{ status: 204, body: undefined }];

    const result = await setup.run("workspaces", "remove", ID.toUpperCase(), "--json");

    expect(apiCalls(setup)).toMatchObject([{ method: "DELETE", path: `/api/workspaces/${ID}` }]);
    expect(jsonLines(result.stdout)).toEqual([{ id: ID, removed: true }]);
  });

  it("names the workspace that is not known", async () => {
    await using setup = await cliSetup();
    const problem = { type: "x", title: "There is no such thing", status: 404 };
    setup.api.requests = [{ status: 404, body: { ...problem, code: "not-found" } }];

    const result = await setup.run("workspaces", "remove", ID);

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`Check the workspace id ${ID}`);
  });

  it.each(["register", "remove"])("%s refuses an id that is none", async (command) => {
    await using setup = await cliSetup();

    const result = await setup.run("workspaces", command, "0f0f");

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("A workspace id is 32 hex digits");
  });
});
