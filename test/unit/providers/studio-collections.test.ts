import { describe, expect, it } from "vitest";
import { memoryClock } from "../../support/memory/clock.ts";
import { collect, collectFiles, textsOf } from "../../support/providers/collect.ts";
import {
  answers,
  asset,
  EXPERIMENT_ID,
  ID,
  keyIn,
  studio,
  WORKSPACE,
} from "../../support/providers/fake-studio.ts";

const SERVICE = "ff5bb15636828aa7dae8b937f1d0da0a";
const ROOT = `https://management.example/workspaces/${ID}/webservices`;

describe("an asset that only a list tells of", () => {
  it.each([
    ["project", "p1", "/projectcontainers", '{"ContainerId":"p1","Ticks":635998006796960001}'],
    ["gateway", "g1", "/gateways", '{"GatewayName":"g1","Host":"CONTOSO \\u00e9"}'],
    ["web-service-group", "w1", "/webservicegroups", '{"Id":"w1", "Name":null}'],
    ["custom-module", `${ID}.m.v1`, "/modules", `{"Id":"${ID}.m.v1"}`],
  ] as const)("of the kind %s is its entry as received", async (kind, id, path, entry) => {
    const { provider } = studio((asked) =>
      asked === path
        ? { body: `[{"Id":"x","ContainerId":"x","GatewayName":"x"},\r\n ${entry} ]` }
        : answers({})(asked),
    );

    const files = await collectFiles(provider.files(WORKSPACE, asset(kind, id)));
    const gone = collect(provider.files(WORKSPACE, asset(kind, `${id}x`)));

    expect(await textsOf(files)).toEqual([entry]);
    await expect(gone).rejects.toMatchObject({ code: "asset-not-found" });
  });

  it("is looked up in a list that is read once a minute", async () => {
    const clock = memoryClock();
    const list = answers({ "/gateways": [{ GatewayName: "g1" }, { GatewayName: "g2" }] });
    const { provider, transport } = studio(list, { clock });
    const read = (name: string) => collect(provider.files(WORKSPACE, asset("gateway", name)));
    const lists = () =>
      transport.calls.filter(({ url }) => String(url).endsWith("/gateways")).length;

    await Promise.all([read("g1"), read("g2")]);
    const first = lists();
    clock.advance(60_000);
    await read("g1");

    expect([first, lists()]).toEqual([1, 2]);
  });
});

describe("a notebook", () => {
  const notebooks = { "/notebooks": [{ FamilyId: "n1", Name: "EDA" }] };

  it("comes with the names of its attachments and its session, without what opens it", async () => {
    const { provider, transport } = studio(
      answers({
        ...notebooks,
        "/notebooks/family/n1/attachments": ["a.csv"],
        "/notebooks/family/n1/session": {
          AuthenticationUri: "https://j.example/login?token=canary",
          SessionUri: "https://j.example/n",
          OriginUri: "https://studio.example",
        },
      }),
    );

    const files = await collectFiles(provider.files(WORKSPACE, asset("notebook", "n1")));

    expect(await textsOf(files)).toEqual([
      '{"FamilyId":"n1","Name":"EDA"}',
      '["a.csv"]',
      '{"AuthenticationUri":"[redacted]","SessionUri":"[redacted]","OriginUri":"https://studio.example"}',
    ]);
    expect(transport.calls.at(-1)?.method).toBe("POST");
  });

  it("is its entry alone when the service has dropped the rest", async () => {
    const { provider } = studio(answers(notebooks));

    const parts = await collect(provider.files(WORKSPACE, asset("notebook", "n1")));

    expect(parts.map(({ path }) => path)).toEqual([["notebook.json"]]);
  });
});

describe("a classic web service", () => {
  const endpoint = {
    Name: "default",
    PrimaryKey: "canary",
    ApiLocation: "https://services.example/x/",
    ExperimentLocation: `https://studio.example/api/workspaces/${ID}/experiments/${ID}.s-id.1f022fd4578847dc867d662a51f0a105.9951-09-13t15.44.57`,
  };

  it("is read with the token as a bearer token, and its experiment's definition comes with it", async () => {
    const { provider, transport } = studio(
      answers({
        [`${ROOT}/${SERVICE}`]: { Id: SERVICE, Name: "Churn" },
        [`${ROOT}/${SERVICE}/endpoints`]: [endpoint],
        // The run is gone; its experiment is not.
        [`/experiments/${EXPERIMENT_ID}/webservicedefinition`]: { title: "Churn" },
      }),
    );

    const files = await collectFiles(provider.files(WORKSPACE, asset("web-service", SERVICE)));

    expect(files.map(({ path }) => path[0])).toEqual(["web-service.json", "definition.json"]);
    expect(transport.calls[0]?.credentials).toEqual({ authorization: "Bearer key-1" });
  });

  it("has no definition when it was published from code, and a missing one when that is gone", async () => {
    const partsWith = (location: string) => {
      const service = {
        [`${ROOT}/${SERVICE}`]: { Id: SERVICE },
        [`${ROOT}/${SERVICE}/endpoints`]: [{ ...endpoint, ExperimentLocation: location }],
      };
      return collect(
        studio(answers(service)).provider.files(WORKSPACE, asset("web-service", SERVICE)),
      );
    };

    expect(await partsWith("")).toHaveLength(1);
    expect((await partsWith(endpoint.ExperimentLocation))[1]).toEqual({
      path: ["definition.json"],
      reason: "asset-not-found",
    });
  });

  it("has endpoints whose Swagger is asked for without a token", async () => {
    const { provider, transport } = studio(
      answers({
        [`${ROOT}/${SERVICE}/endpoints/default`]: endpoint,
        "https://services.example/x/swagger.json": { swagger: "2.0" },
      }),
    );

    const files = await collectFiles(
      provider.files(WORKSPACE, asset("web-service-endpoint", `${SERVICE}/default`)),
    );

    expect((await textsOf(files)).join("")).not.toContain("canary");
    expect(files.map(({ path }) => path[0])).toEqual(["endpoint.json", "swagger.json"]);
    expect(transport.calls.map(keyIn).at(-1)).toBeUndefined();
  });

  it("that was published a moment ago and refuses us is asked again soon", async () => {
    const clock = memoryClock("2018-04-21T09:41:20.000Z");
    const createdAt = "2018-04-21T09:41:12.000Z";
    const { provider } = studio(
      (path) => (path.startsWith(ROOT) ? { status: 401 } : answers({})(path)),
      { clock },
    );
    const read = () =>
      collect(
        provider.files(WORKSPACE, { ...asset("web-service-endpoint", `${SERVICE}/a`), createdAt }),
      );

    await expect(read()).rejects.toMatchObject({
      code: "source-unavailable",
      retryAfterMs: 10_000,
    });
    clock.advance(120_000);
    await expect(read()).rejects.toMatchObject({ code: "workspace-denied" });
  });

  it("is not asked for where no management API is configured for the region", async () => {
    const { provider } = studio(answers({}));
    const elsewhere = { ...WORKSPACE, studioUrl: "https://elsewhere.example" };

    const files = collect(provider.files(elsewhere, asset("web-service", SERVICE)));

    await expect(files).rejects.toMatchObject({ code: "outbound-refused" });
  });
});
