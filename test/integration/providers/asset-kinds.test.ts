import { describe, expect, it } from "vitest";
import { ASSET_KINDS, type Asset, type AssetKind } from "../../../shared/core/asset.ts";
import { ASSET_REGISTRY } from "../../../shared/core/asset-registry.ts";
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

describe("every kind that the registry says is exported", () => {
  const exported = ASSET_KINDS.filter((kind) => "how" in ASSET_REGISTRY[kind].export);

  it.each(exported)("%s is listed, and all its files can be read", async (kind) => {
    const ofKind = estate.assets.filter((asset) => asset.kind === kind);

    expect(ofKind).not.toEqual([]);
    for (const asset of ofKind) {
      const files = await filesOf(asset);
      expect(files.size).toBeGreaterThan(0);
      for (const file of files.values()) {
        const bytes = Buffer.concat(await collect((await file.open()).body)).length;
        expect(file.bytes ?? bytes).toBe(bytes);
      }
    }
  });

  it("is listed of a free workspace too, but for what only standard ones have", async () => {
    const { simulators } = estate;
    const workspace = seededWorkspace(simulators, "F1");
    const assets = await collect(providerFor(simulators, "F1").inventory(workspace));

    expect([...new Set(assets.map(({ kind }) => kind))]).toEqual(
      exported.filter(
        (kind) =>
          !["custom-module", "gateway", "arm-web-service", "commitment-plan"].includes(kind),
      ),
    );
  });

  it("and no other is listed", () => {
    const kinds = new Set(estate.assets.map(({ kind }) => kind));

    expect([...kinds].filter((kind) => !exported.includes(kind))).toEqual([]);
  });
});

describe("what is exported", () => {
  it("of a workspace's settings is the document without its tokens and keys", async () => {
    const settings = await textOf(
      (await filesOf(only("workspace-settings"))).get("workspace.json"),
    );

    expect(settings).toContain('"OwnerEmail":"priya.raman@contoso.example"');
    expect(settings).toContain('"AuthorizationToken":{"PrimaryToken":"[redacted]"');
    expect(settings).toContain('"UserStorageKey":"[redacted]"');
  });

  it("of users is the list of members and open invitations", async () => {
    const users = await textOf((await filesOf(only("users"))).get("users.json"));

    expect(users).toContain("lucy.okafor@contoso.example");
    expect(users).toMatch(/"Invited".*consultant7@partner\.example/s);
  });

  it("of a project is its entry with what it refers to", async () => {
    const project = await textOf((await filesOf(only("project"))).get("project.json"));

    expect(JSON.parse(project)).toMatchObject({
      Name: "Churn 2018",
      Contents: { WebService: [expect.any(String)] },
    });
  });

  it("of an uploaded data set is its document, schema, preview and content", async () => {
    const files = await filesOf(assetNamed(estate.assets, "CRM customers 2018-04"));

    expect([...files.keys()]).toEqual([
      "metadata.json",
      "schema.json",
      "preview.json",
      "crm_customers_2018-04.csv",
    ]);
    expect(JSON.parse(await textOf(files.get("schema.json")))).toHaveProperty("columns");
    expect(JSON.parse(await textOf(files.get("preview.json")))).toHaveProperty("rows");
  });

  it("of a promoted data set is the service's own format", async () => {
    const files = await filesOf(assetNamed(estate.assets, "Scored customers"));

    expect(files.get("Scored customers.dataset")?.bytes).toBe(20_480);
    expect(ASSET_REGISTRY.dataset.limits.join()).toContain(".dataset");
  });

  it.each([
    ["Churn [trained model]", "Churn [trained model].ilearner"],
    ["Churn missing values", "Churn missing values.itransform"],
  ])("of the promoted %s is the document and the content", async (name, file) => {
    const files = await filesOf(assetNamed(estate.assets, name));

    expect([...files.keys()]).toEqual(["metadata.json", file]);
    expect((await textOf(files.get(file))).length).toBeGreaterThan(1000);
  });

  it("of a custom module is its entry; that its archive is not to be had is said", async () => {
    const files = await filesOf(only("custom-module"));

    expect([...files.keys()]).toEqual(["module.json"]);
    expect(ASSET_REGISTRY["custom-module"].limits.join()).toContain("archive");
  });

  it("of an experiment is its document, comments, results, logs and earlier runs", async () => {
    const files = await filesOf(assetNamed(estate.assets, "Churn - training"));
    const node = "nodes/03 Clean Missing Data";

    expect(await textOf(files.get("annotations.json"))).toContain("customers who opted out");
    expect(await textOf(files.get(`${node}/stdout.txt`))).toContain("customer_id 1001");
    expect([...files.keys()].filter((path) => path.startsWith(node))).toEqual([
      `${node}/stdout.txt`,
      `${node}/Cleaned dataset.dataset`,
      `${node}/Cleaning transformation.itransform`,
      ...["Cleaned dataset", "Cleaning transformation"].flatMap((port) => [
        `${node}/${port}.visualization.json`,
        `${node}/${port}.schema.json`,
        `${node}/${port}.runtimeinfo.txt`,
      ]),
    ]);
    // The result of this node was taken from the cache, without a log.
    expect(files.has("nodes/02 Select Columns in Dataset/stdout.txt")).toBe(false);
    for (const run of ["2018-04-01 08.00.00", "2018-03-01 08.00.00"]) {
      expect(await textOf(files.get(`runs/${run}/experiment.json`))).toContain('"IsLeaf":false');
      expect(files.has(`runs/${run}/${node}/Cleaned dataset.dataset`)).toBe(true);
    }
  });

  it("of an experiment that failed is the log of its errors", async () => {
    const { simulators } = estate;
    const guest = seededWorkspace(simulators, "G2");
    const provider = providerFor(simulators, "G2");
    const failed = assetNamed(await collect(provider.inventory(guest)), "Survey regression");

    const paths = (await collect(provider.files(guest, failed))).map(({ path }) => path.join("/"));

    expect(paths).toContain("nodes/01 Train Model/stderr.txt");
  });

  it.each([
    ["2016 baseline", "nodes/01 Create R Model/Trainer R script.R", "randomForest"],
    ["Cancelled try", "nodes/01 Execute Python Script/Python script.py", "azureml_main"],
    [
      "Nightly import",
      "nodes/02 Apply SQL Transformation/SQL Query Script.sql",
      "select * from t1",
    ],
  ])("of the experiment %s, archived or not, are its scripts", async (name, path, text) => {
    const files = await filesOf(assetNamed(estate.assets, name));

    expect(await textOf(files.get(path))).toContain(text);
  });
});
