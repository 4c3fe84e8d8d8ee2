import { describe, expect, it } from "vitest";
import { type CliSetup, cliSetup, REQUEST_ID as ID } from "../../support/cli/cli-setup.ts";
import { jsonLines } from "../../support/cli/json-lines.ts";

const WORKSPACE = "b577bbf6c46640c822e2a6e3d255d437";
const DAY = "2026-03-02T09:00:00Z";

const apiCalls = ({ api }: CliSetup) => api.calls.filter(({ path }) => path !== "/token");
const line = (id: string, externalId: string | null = null) => ({
  id,
  kind: "delete",
  state: "awaiting-approval",
  source: "servicenow",
  externalId,
  submitter: "ticket:servicenow",
  law: "gdpr",
  finishedAt: null,
  submittedAt: "2026-03-02T09:00:00.000Z",
  dueAt: "2026-04-02T23:59:59.999Z",
  workspaces: [],
});
const letter = {
  queue: "plans",
  number: "17",
  reason: "MaxDeliveryCountExceeded",
  enqueuedAt: "2026-03-02T09:00:00.000Z",
  deliveries: 10,
  requestId: ID,
  step: "plan",
};

describe("studio-dsr list", () => {
  it("prints a line per request, page by page, of what was asked for", async () => {
    await using setup = await cliSetup();
    setup.api.requests = [
      { status: 200, body: { requests: [line(ID, "RITM1")], cursor: "next" } },
      { status: 200, body: { requests: [], cursor: "last" } },
      { status: 200, body: { requests: [line(WORKSPACE)], cursor: null } },
    ];
    const filters = ["--state", "awaiting-approval", "--kind", "delete", "--due-before", DAY];

    const result = await setup.run("list", ...filters, "--external-id", "RITM1");

    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toBe(
      `${ID}  delete  awaiting-approval  2026-03-02T09:00:00.000Z  RITM1\n` +
        `${WORKSPACE}  delete  awaiting-approval  2026-03-02T09:00:00.000Z\n`,
    );
    const queries = apiCalls(setup).map(({ query }) =>
      Object.fromEntries(new URLSearchParams(query)),
    );
    const asked = {
      state: "awaiting-approval",
      kind: "delete",
      dueBefore: DAY,
      externalId: "RITM1",
    };
    expect(queries).toEqual([asked, { ...asked, cursor: "next" }, { ...asked, cursor: "last" }]);
  });

  it("gives lines of JSON with --json, and says so when nothing fits", async () => {
    await using setup = await cliSetup();
    setup.api.requests = [
      { status: 200, body: { requests: [line(ID)], cursor: null } },
      { status: 200, body: { requests: [], cursor: null } },
    ];

    const one = await setup.run("list", "--json");
    const none = await setup.run("list");

    expect(jsonLines(one.stdout)).toEqual([line(ID)]);
    expect([none.stdout, none.stderr]).toEqual(["", "No request fits.\n"]);
  });
});

describe("studio-dsr dead-letters", () => {
  it("lists them without their content", async () => {
    await using setup = await cliSetup();
    setup.api.requests = [{ status: 200, body: { deadLetters: [letter] } }];

    const result = await setup.run("dead-letters", "list", "--queue", "plans");

    expect(result.stdout).toBe(
      `plans  17  2026-03-02T09:00:00.000Z  MaxDeliveryCountExceeded  plan of ${ID}\n`,
    );
    expect(apiCalls(setup)).toMatchObject([{ path: "/api/dead-letters", query: "?queue=plans" }]);
  });

  it("puts one back, throws one away, and names one that is not there", async () => {
    await using setup = await cliSetup();
    const problem = { type: "x", title: "There is no such thing", status: 404, code: "not-found" };
    setup.api.requests = [{ status: 204 }, { status: 204 }, { status: 404, body: problem }];

    const replayed = await setup.run("dead-letters", "replay", "plans", "17", "--json");
    const discarded = await setup.run("dead-letters", "discard", "plans", "17");
    const missing = await setup.run("dead-letters", "discard", "plans", "18");

    expect(jsonLines(replayed.stdout)).toEqual([{ queue: "plans", number: "17", replayed: true }]);
    expect(discarded.stdout).toBe("Dead letter 17 of plans is gone.\n");
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain('"studio-dsr dead-letters list" shows what there is');
    expect(apiCalls(setup).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/dead-letters/plans/17/replay",
      "DELETE /api/dead-letters/plans/17",
      "DELETE /api/dead-letters/plans/18",
    ]);
  });
});
