import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ASSET_REGISTRY } from "../../shared/core/asset-registry.ts";

const guide = readFileSync("docs/powershell.md", "utf8");

/** The cmdlets of the module that only read, and those that delete. */
const CMDLETS = [
  "Get-AmlWorkspace",
  "Get-AmlWorkspaceUsers",
  "List-AmlWorkspaces",
  "Get-AmlDataset",
  "Download-AmlDataset",
  "Get-AmlModule",
  "Get-AmlExperiment",
  "Get-AmlExperimentNode",
  "Export-AmlExperimentGraph",
  "Download-AmlExperimentNodeOutput",
  "Export-AmlWebServiceDefinitionFromExperiment",
  "Get-AmlTrainedModel",
  "Get-AmlTransform",
  "Get-AmlWebService",
  "Get-AmlWebServiceEndpoint",
  "Get-AmlAnnotation",
  "Get-AmlProjectContainer",
  "Get-AmlNotebook",
  "Get-AmlNotebookAttachmentName",
  "Get-AmlNotebookSession",
  "Get-AmlGateway",
  "Remove-AmlWorkspace",
  "Remove-AmlDataset",
  "Remove-AmlExperiment",
  "Remove-AmlWebService",
  "Remove-AmlWebServiceEndpoint",
];

describe("the guide for users of the PowerShell module", () => {
  it.each(CMDLETS)("has a row for %s", (cmdlet) => {
    expect(guide).toMatch(new RegExp(`^\\|.*\`${cmdlet}\``, "m"));
  });

  it("names only folders that a package has", () => {
    const named = guide.match(/data\/(?:account|workspace)\/[a-z-]+/g) ?? [];

    const folders = new Set(Object.values(ASSET_REGISTRY).map(({ folder }) => folder));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((folder) => !folders.has(folder))).toEqual([]);
  });

  it("names only kinds that a call deletes", () => {
    const named = [...guide.matchAll(/kind `([a-z-]+)`/g)].map(([, kind]) => kind);

    const deletable = Object.entries(ASSET_REGISTRY)
      .filter(([, rule]) => "how" in rule.delete && rule.delete.isProven)
      .map(([kind]) => kind);
    expect(named).toHaveLength(4);
    expect(deletable).toEqual(expect.arrayContaining(named));
  });
});
