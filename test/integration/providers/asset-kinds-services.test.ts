import { describe, expect, it } from "vitest";
import type { Asset, AssetKind } from "../../../shared/core/asset.ts";
import { ASSET_REGISTRY } from "../../../shared/core/asset-registry.ts";
import { OUT_OF_REACH } from "../../../shared/core/out-of-reach.ts";
import { collect } from "../../support/providers/collect.ts";
import { assetOf, exportedFiles, textOf } from "../../support/providers/exported.ts";
import {
  assetNamed,
  estateForFile,
  providerFor,
  seededWorkspace,
} from "../../support/providers/provider-on-simulators.ts";

const estate = await estateForFile();

const filesOf = (asset: Asset) => exportedFiles(estate, asset);
const only = (kind: AssetKind, name?: string) => assetOf(estate, kind, name);

describe("what is exported beside data and experiments", () => {
  it("of a notebook is its entry, its attachments' names and its session", async () => {
    const files = await filesOf(only("notebook"));

    expect(await textOf(files.get("attachments.json"))).toBe('["crm_sample.csv","plots.zip"]');
    expect(await textOf(files.get("session.json"))).toContain('"AuthenticationUri":"[redacted]"');
    expect(ASSET_REGISTRY.notebook.limits.join()).toContain("13 April 2020");
  });

  it.each(["removed", "gone"] as const)(
    "of notebooks is nothing once the service has %s them",
    async (notebooks) => {
      estate.simulators.switches.change({ notebooks });

      const assets = await collect(estate.provider.inventory(estate.churn));

      expect(assets.filter(({ kind }) => kind === "notebook")).toEqual([]);
      expect(assets).toHaveLength(estate.assets.length - 1);
    },
  );

  it("of a gateway is its entry", async () => {
    const gateway = await textOf((await filesOf(only("gateway"))).get("gateway.json"));

    expect(gateway).toContain('"Host":"CONTOSO-SQL07"');
  });

  it("of a classic web service is its document and definition, of its endpoints the Swagger", async () => {
    const service = await filesOf(only("web-service", "Churn - training [Predictive Exp.]"));
    const endpoint = await filesOf(only("web-service-endpoint"));

    expect([...service.keys()]).toEqual(["web-service.json", "definition.json"]);
    expect(await textOf(service.get("definition.json"))).toContain('"packageType":"Graph"');
    expect(JSON.parse(await textOf(endpoint.get("swagger.json")))).toHaveProperty("swagger");
    expect(await textOf(endpoint.get("endpoint.json"))).toContain('"PrimaryKey":"[redacted]"');
  });

  it("of a web service group is its entry without the keys in it", async () => {
    const group = await textOf((await filesOf(only("web-service-group"))).get("group.json"));

    expect(group).toContain('"ProductionWebService":{');
    expect(group).toContain('"PrimaryKey":"[redacted]"');
  });

  it("of a web service that was published from code is no definition, which is said", async () => {
    const code = only("web-service", "RFM scorer (R)");

    expect([...(await filesOf(code)).keys()]).toEqual(["web-service.json"]);
    expect(ASSET_REGISTRY["web-service"].limits.join()).toContain("code bundle");
    expect(ASSET_REGISTRY["web-service-endpoint"].limits.join()).toContain("ml-diagnostics");
  });

  it.each(["200", "204"] as const)(
    "of no web services is nothing, told by %s",
    async (emptyWebServices) => {
      const { simulators } = estate;
      simulators.switches.change({ emptyWebServices });
      const empty = seededWorkspace(simulators, "F3");

      const assets = await collect(providerFor(simulators, "F3").inventory(empty));

      expect(assets.map(({ kind }) => kind)).toEqual(["workspace-settings", "users"]);
    },
  );

  it("of Azure Resource Manager are this workspace's services and the plan that they use", async () => {
    estate.simulators.switches.change({ armPageSize: 1 });

    const assets = await collect(estate.provider.inventory(estate.churn));
    const plan = await filesOf(only("commitment-plan"));

    expect(assets.slice(-3).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "arm-web-service churn-v2",
      "arm-web-service churn-wide",
      "commitment-plan contoso-plan-s1",
    ]);
    expect([...plan.keys()]).toEqual([
      "plan.json",
      "associations.json",
      "associations (page 2).json",
      "associations (page 3).json",
      "usage-history.json",
      ...[2, 3, 4, 5].map((page) => `usage-history (page ${page}).json`),
    ]);
  });

  it("of a service whose definition lies in a blob is that blob too", async () => {
    const files = await filesOf(assetNamed(estate.assets, "churn-wide"));

    expect(JSON.parse(await textOf(files.get("payload.json")))).toHaveProperty("assets");
  });

  it("not at all is said with the place where it is had", () => {
    expect(OUT_OF_REACH.map(({ title }) => title)).toEqual([
      "Telemetry of the service",
      "Items published to the AI Gallery",
      "Credentials stored for data sources",
      "Blobs in the customer's own storage account",
      "Logs that the service keeps for itself",
    ]);
  });
});
