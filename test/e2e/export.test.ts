import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badTokens, issuerOf } from "../support/doors/bad-tokens.ts";
import { forgedPrincipals } from "../support/doors/forged-principals.ts";
import { jsonBody, type LocalStack, localStack, sha256sum } from "../support/e2e/local-stack.ts";
import { digestOf, expectNoSecret } from "../support/e2e/package-folder.ts";

const CONTOSO =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn";
const NORTHWIND = "a153d1d93f1489b2d4e477d55601e1dc";
const WINGTIP = "585c5a4bd74898f0c8041ecca5618b1a";

/** The package's own entry lies beside the folder of its data. */
const publicData = join(
  dirname(createRequire(import.meta.url).resolve("vega-datasets")),
  "../data",
);

let local: LocalStack;
beforeAll(async () => {
  local = await localStack({ RETRY_BASE_MS: "50", RETRY_CAP_MS: "100", RETRY_MAX_TRIES: "3" });
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
});

describe("an export through the HTTP door", () => {
  it("ends in a bag that coreutils verify, with the data sets byte for byte and no secret", async () => {
    const id = await local.submit(CONTOSO);

    const view = await local.until(id, ["completed"]);
    const folder = await local.download(id);

    expect(view).toMatchObject({
      workspaces: [{ name: "contoso-churn", accountType: "standard" }],
      progress: { items: { done: 43, total: 43 } },
      exceptions: 0,
      failure: null,
    });
    await sha256sum(folder);
    for (const [path, original] of [
      ["US flights (200k sample)/flights-200k.json", "flights-200k.json"],
      ["Zip codes/zipcodes.csv", "zipcodes.csv"],
      ["US flights (3m rows)/flights-3m.parquet", "flights-3m.parquet"],
      ["Unemployment by county/unemployment.tsv", "unemployment.tsv"],
    ] as const) {
      const exported = await digestOf(join(folder, "data/workspace/datasets", path));
      expect(exported).toBe(await digestOf(join(publicData, original)));
    }
    await expectNoSecret(local, folder);
  });

  it("takes a workspace by its id, and gives the same key the same request", async () => {
    const body = { kind: "export", scope: { workspace: "b577bbf6c46640c822e2a6e3d255d437" } };
    const post = () =>
      local.api("/api/privacy-requests", jsonBody(body, { "idempotency-key": '"ticket-1"' }));

    const [first, second] = await Promise.all([post(), post()]);

    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    const { id } = (await first.json()) as { id: string };
    expect(await local.until(id, ["completed"])).toMatchObject({
      workspaces: [{ name: "contoso-churn" }],
    });
  });

  it("gets a download that was cut short from where it stopped", async () => {
    await local.control("faults", [
      {
        surface: "storage",
        method: "GET",
        pathPattern: ".*",
        nth: 1,
        times: 3,
        action: { cutAfterBytes: 5000 },
      },
    ]);

    const id = await local.submit(CONTOSO);

    expect(
      (await local.until(id, ["completed", "completed-with-exceptions", "failed"])).state,
    ).toBe("completed");
    await sha256sum(await local.download(id));
  });

  it("names what a workspace without its storage cannot give, and keeps the rest", async () => {
    const id = await local.submit(NORTHWIND);

    const view = await local.until(id, ["completed-with-exceptions"]);
    const folder = await local.download(id);

    await sha256sum(folder);
    const lines = (await readFile(join(folder, "exceptions.ndjson"), "utf8")).trim().split("\n");
    const exceptions = lines.map((line) => JSON.parse(line) as Record<string, string>);
    // The data set, and the experiment whose results lie in the same storage; logs lie elsewhere.
    expect(view.exceptions).toBe(2);
    expect(exceptions.map(({ name, file }) => `${name}: ${file}`)).toEqual(
      expect.arrayContaining([
        "Sales by store: sales_by_store.csv",
        expect.stringMatching(/^Forecast: nodes\/01 Execute R Script\/Result Dataset\.dataset$/),
      ]),
    );
    expect(new Set(exceptions.map(({ reason }) => reason))).toEqual(
      new Set(["workspace-unreadable"]),
    );
    const kept = join(folder, "data/workspace/experiments/Forecast/nodes/01 Execute R Script");
    expect(await readFile(join(kept, "stdout.txt"), "utf8")).toContain("Record Starts");
    expect(await readFile(join(kept, "R Script.R"), "utf8")).toContain("maml.mapInputPort");
  });
});

describe("what cannot be exported", () => {
  it("ends as failed when the workspace does not exist", async () => {
    const id = await local.submit("0".repeat(32));

    expect(await local.until(id, ["failed"])).toMatchObject({
      failure: { code: "workspace-not-found" },
      package: null,
    });
  });

  it("waits as blocked when a lock keeps the workspace's key from us", async () => {
    const id = await local.submit(WINGTIP);

    expect(await local.until(id, ["blocked"])).toMatchObject({
      failure: { code: "workspace-locked" },
    });
  });

  it.each([
    [401, "blocked", "workspace-denied"],
    [404, "failed", "workspace-not-found"],
    [500, "failed", "source-unavailable"],
  ])(
    "tells why when Studio answers nothing but %i, and the stack stays up",
    async (status, state, code) => {
      const action = { status, body: { Error: { Code: "UserError", Message: "No" } } };
      await local.control("faults", [{ surface: "studio", pathPattern: ".", times: 1000, action }]);

      const id = await local.submit(CONTOSO);
      const view = await local.until(id, [
        "completed",
        "completed-with-exceptions",
        "failed",
        "blocked",
      ]);
      await fetch(`${local.stack.urls.control}/control/faults`, { method: "DELETE" });

      expect(view).toMatchObject({ state, failure: { code }, package: null });
      expect((await fetch(`${local.stack.urls.api}/api/health`)).status).toBe(200);
    },
  );

  it("is a request with any bad token, or with the principal that somebody says to be", async () => {
    const bad = await badTokens(await issuerOf(local));
    const headers = [
      ...bad.map(([, authorization]): Record<string, string> => ({ authorization })),
      ...forgedPrincipals().map((forged) => ({ ...forged, authorization: "" })),
    ];

    const answers = await Promise.all(
      headers.map((each) => local.api("/api/privacy-requests", { headers: each })),
    );

    expect(bad.length).toBeGreaterThan(40);
    // The host itself turns away a header of 100 KB.
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 431]));
    expect(answers.filter(({ status }) => status === 431)).toHaveLength(1);
    for (const each of forgedPrincipals()) {
      const answer = await local.api("/api/privacy-requests", { headers: each }, "nobody-app");
      expect(answer.status).toBe(403);
    }
  });

  it.each<[string, { token?: string; body?: string; clientId?: string }, number, string]>([
    ["without a token", { token: "" }, 401, "unauthenticated"],
    ["without the role", { clientId: "nobody-app" }, 403, "forbidden"],
    ["with a body that is no JSON", { body: "{" }, 400, "validation-failed"],
    ["with a body of another shape", { body: '{"kind":"erase"}' }, 400, "validation-failed"],
  ])("is a request %s", async (_what, { token, body, clientId }, status, code) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
    const init = jsonBody({ kind: "export", scope: { workspace: CONTOSO } }, headers);

    const answer = await local.api(
      "/api/privacy-requests",
      body === undefined ? init : { ...init, body },
      clientId,
    );

    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ code, status });
  });

  it("is the request of somebody else", async () => {
    const id = await local.submit(CONTOSO);

    const others = await local.api(`/api/privacy-requests/${id}`, {}, "approver-app");
    const operator = await local.api(`/api/privacy-requests/${id}`, {}, "operator-app");

    expect([others.status, operator.status]).toEqual([404, 200]);
  });
});
