import { describe, expect, it } from "vitest";
import { collect, collectText } from "../../support/providers/collect.ts";
import {
  answers,
  asset,
  EXPERIMENT_ID,
  studio,
  WORKSPACE,
} from "../../support/providers/fake-studio.ts";

const link = (AccessCredential: string, Name = "defaultSasName") => ({
  BaseUri: "https://storage.example/",
  Location: "api/sharedaccess",
  AccessCredential,
  Name,
});
const blob = (file: string) =>
  `?sharedAccessUri=${encodeURIComponent(`https://x.example/experimentoutput/1/${file}?sig=1`)}`;

describe("what a node left behind", () => {
  it("is exported with names for people: logs, results, previews, schemas", async () => {
    const parts = await partsOf({
      StandardOutEndpoint: link("?1"),
      StandardErrorEndpoint: link("?2"),
      OutputEndpoints: [link(blob("a.csv"), "Results"), link(blob("b"), "Other")],
      MetadataOutputEndpoints: {
        Results: [
          { Key: "visualization", Value: link("?3") },
          { Key: "schema", Value: link("?4") },
          { Key: "runtimeinfo", Value: link("?5") },
          { Key: "none", Value: null },
        ],
      },
    });

    expect(parts).toEqual([
      "nodes/01 Module/stdout.txt",
      "nodes/01 Module/stderr.txt",
      "nodes/01 Module/Results.csv",
      "nodes/01 Module/Other",
      "nodes/01 Module/Results.visualization.json",
      "nodes/01 Module/Results.schema.json",
      "nodes/01 Module/Results.runtimeinfo.txt",
    ]);
  });

  it("is nothing where there is nothing", async () => {
    expect(await partsOf({ StandardOutEndpoint: null, OutputEndpoints: [] })).toEqual([]);
    expect(await partsOf({ Status: { StatusCode: "Running" }, OutputEndpoints: null })).toEqual([]);
  });

  it("is named as missing where the service has no link any more", async () => {
    expect(await partsOf({ Status: { StatusCode: "Finished" }, OutputEndpoints: null })).toEqual([
      "nodes/01 Module/Results: asset-not-found",
      "nodes/01 Module/Other: asset-not-found",
    ]);
    expect(await partsOf({ OutputEndpoints: [null, link("?1", "Other")] })).toEqual([
      "nodes/01 Module/Results: asset-not-found",
      "nodes/01 Module/Other",
    ]);
  });

  it("is exported also when the node is not in the graph any more", async () => {
    const parts = await partsOf({ NodeId: "gone", StandardOutEndpoint: link("?1") });

    expect(parts).toEqual(["nodes/gone/stdout.txt"]);
  });

  it("is asked for by a fresh link when the first has run out", async () => {
    let reads = 0;
    const { provider } = studio((path) => {
      if (path.startsWith("https://storage.example/")) {
        return reads === 1 ? { status: 403 } : { body: "log" };
      }
      if (path === `/experiments/${EXPERIMENT_ID}`) reads += 1;
      return answersWith({ StandardOutEndpoint: link(`?${reads}`) })(path);
    });
    const parts = await collect(provider.files(WORKSPACE, asset("experiment", EXPERIMENT_ID)));
    const log = parts.find(({ path }) => path.at(-1) === "stdout.txt");
    if (log === undefined || !("open" in log)) throw new Error("There is no log");

    expect(await collectText((await log.open()).body)).toBe("log");
    expect(reads).toBe(2);
  });
});

function answersWith(status: Readonly<Record<string, unknown>>) {
  return answers({
    [`/experiments/${EXPERIMENT_ID}`]: {
      Graph: {
        ModuleNodes: [{ Id: "n1", OutputPortsInternal: [{ Name: "Results" }, { Name: "Other" }] }],
      },
      NodeStatuses: [{ NodeId: "n1", ...status }],
    },
    "/experiments": [],
    "/modules": [],
  });
}

async function partsOf(status: Readonly<Record<string, unknown>>): Promise<string[]> {
  const { provider } = studio(answersWith(status));
  const parts = await collect(provider.files(WORKSPACE, asset("experiment", EXPERIMENT_ID)));
  return parts
    .slice(1)
    .map((part) => part.path.join("/") + ("reason" in part ? `: ${part.reason}` : ""));
}
