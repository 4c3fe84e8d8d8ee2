import { describe, expect, it } from "vitest";
import { type CliSetup, cliSetup, REQUEST_ID as ID } from "../../support/cli/cli-setup.ts";
import { requestView } from "../../support/cli/fake-api.ts";
import { jsonLines } from "../../support/cli/json-lines.ts";

const WORKSPACE = "b577bbf6c46640c822e2a6e3d255d437";
const DAY = "2026-03-02T09:00:00Z";

const apiCalls = ({ api }: CliSetup) => api.calls.filter(({ path }) => path !== "/token");

describe("studio-dsr export and delete of a person", () => {
  it.each([
    [["export", "--subject", "maja@contoso.example"], "export", { email: "maja@contoso.example" }],
    [["delete", "--subject", "00030000a1b2"], "delete", { accountId: "00030000a1b2" }],
  ])("%j names the person", async (args, kind, subject) => {
    await using setup = await cliSetup();
    setup.api.requests = [{ status: 202, body: requestView({ state: "accepted" }) }];

    const result = await setup.run(...args);

    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    const [call] = apiCalls(setup);
    expect(JSON.parse(call?.body ?? "")).toMatchObject({ kind, scope: { subject } });
  });

  it.each([
    [["export"], "Name a workspace, or a person with --subject"],
    [["export", WORKSPACE, "--subject", "a@b.example"], "one of the two"],
    [["delete", "--subject", "a@b.example", "--asset", "dataset:1"], "--asset names assets of a"],
    [["export", "--subject", "a b@"], "a person by e-mail address or account id"],
  ])("%j is a usage error, without a call", async (args, told) => {
    await using setup = await cliSetup();

    const result = await setup.run(...args);

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(told);
    expect(apiCalls(setup)).toEqual([]);
  });
});

describe("studio-dsr, of what people decide", () => {
  it.each([
    [["extend", ID, "--reason", "many requests"], "extend", { reason: "many requests" }],
    [["await-identity", ID, "--reason", "who is it"], "await-identity", { reason: "who is it" }],
    [
      ["confirm-identity", ID, "--method", "id-document", "--level", "high", "--verified-at", DAY],
      "confirm-identity",
      { method: "id-document", level: "high", verifiedAt: "2026-03-02T09:00:00.000Z" },
    ],
  ])("%j sends it", async (args, action, body) => {
    await using setup = await cliSetup();

    const result = await setup.run(...args);

    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    const [call] = apiCalls(setup);
    expect(call).toMatchObject({ method: "POST", path: `/api/privacy-requests/${ID}/${action}` });
    expect(JSON.parse(call?.body ?? "")).toEqual(body);
  });

  it("does not send evidence that is none", async () => {
    await using setup = await cliSetup();

    const result = await setup.run("confirm-identity", ID, "--method", "x", "--level", "very");

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("level: ");
    expect(apiCalls(setup)).toEqual([]);
  });
});

describe("studio-dsr workspaces", () => {
  const asset = {
    type: "asset",
    kind: "dataset",
    id: "1",
    name: "Churn",
    bytes: 2_000,
    createdAt: null,
    modifiedAt: null,
  };

  it("lists what a workspace holds while it comes, and says when it is not all", async () => {
    await using setup = await cliSetup();
    const lines = [asset, { type: "end", assets: 1, bytes: 2_000 }].map((each) =>
      JSON.stringify(each),
    );
    setup.api.requests = [
      { status: 200, text: `${lines.join("\n")}\n` },
      { status: 200, text: `${lines[0]}\n` },
    ];

    const whole = await setup.run("workspaces", "inventory", WORKSPACE);
    const part = await setup.run("workspaces", "inventory", WORKSPACE, "--json");

    expect(whole.stdout).toBe("dataset  Churn  2.0 kB  (1)\n1 assets, 2.0 kB\n");
    expect(part.exitCode).toBe(1);
    expect(jsonLines(part.stdout)).toEqual([
      asset,
      { error: { message: "The inventory broke off; what is above is not all. Try again." } },
    ]);
    expect(apiCalls(setup)[0]?.path).toBe(`/api/workspaces/${WORKSPACE}/inventory`);
  });
});

describe("studio-dsr, for those who operate it", () => {
  it("stops all deletions and leaves the cap as it is", async () => {
    await using setup = await cliSetup();
    const controls = { stopped: false, hourlyCap: 5, updatedAt: null, updatedBy: null };
    const stopped = { ...controls, stopped: true, updatedAt: DAY };
    setup.api.requests = [
      { status: 200, body: controls },
      { status: 200, body: stopped },
    ];

    const result = await setup.run("controls", "stop");

    expect(result.stdout).toBe(`All deletions are stopped, at most 5 calls an hour (set ${DAY})\n`);
    const [, put] = apiCalls(setup);
    expect(put).toMatchObject({ method: "PUT", path: "/api/controls/deletions" });
    expect(JSON.parse(put?.body ?? "")).toEqual({ stopped: true, hourlyCap: 5 });
  });

  it("shows the register of a period", async () => {
    await using setup = await cliSetup();
    const group = { law: "gdpr", kind: "export", outcome: "completed", count: 3, late: 1 };
    const groups = [{ ...group, medianDays: 1.5, meanDays: 2 }];
    setup.api.requests = [{ status: 200, body: { from: "2026-01-01", to: null, groups } }];

    const result = await setup.run("register", "--from", "2026-01-01");

    expect(result.stdout).toBe(
      "gdpr  export  completed: 3, 1 late, median 1.5 days, mean 2 days\n",
    );
    expect(apiCalls(setup)).toMatchObject([{ path: "/api/register", query: "?from=2026-01-01" }]);
  });

  it("repairs until nothing is due", async () => {
    await using setup = await cliSetup();
    const run = { timer: "reconcile", looked: 2, failed: 0 };
    setup.api.requests = [
      { status: 200, body: { ...run, hasMore: true } },
      { status: 200, body: { ...run, hasMore: false } },
    ];

    const result = await setup.run("repair");

    expect(result.stdout).toBe("reconcile: 4 looked at, 0 failed\n");
  });
});
