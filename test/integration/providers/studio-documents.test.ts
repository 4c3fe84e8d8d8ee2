import { describe, expect, it } from "vitest";
import { collectFiles, textsOf } from "../../support/providers/collect.ts";
import {
  assetNamed,
  estateForFile,
  providerFor,
  seededWorkspace,
} from "../../support/providers/provider-on-simulators.ts";
import { callControl, callStudio } from "../../support/simulators/simulator-calls.ts";

const estate = await estateForFile();

describe("the documents of an export", () => {
  it.each(["S1", "S2", "F1", "F2", "G2"])("of %s hold no planted secret", async (key) => {
    const { simulators } = estate;
    const workspace = seededWorkspace(simulators, key);
    const provider = providerFor(simulators, key);
    const response = await callControl(simulators, "GET", `workspaces/${key}/secrets`);
    const secrets = (await response.json()) as string[]; // The control surface answers a list of texts.
    const raw = await (await callStudio(simulators, key, "")).text();

    const documents: string[] = [];
    for await (const asset of provider.inventory(workspace)) {
      const files = await collectFiles(provider.files(workspace, asset));
      documents.push(...(await textsOf(files.filter((file) => file.key !== "content"))));
    }

    expect(secrets.filter((secret) => holds(raw, secret))).not.toEqual([]);
    expect(secrets.filter((secret) => documents.some((text) => holds(text, secret)))).toEqual([]);
    expect(documents.join("")).toContain("[redacted]");
  });

  it("are otherwise as the service sent them, 64-bit ticks and escapes included", async () => {
    const { provider, churn, assets, simulators } = estate;
    const crm = assetNamed(assets, "CRM customers 2018-04");
    const answer = await callStudio(simulators, "S1", `/datasources/${crm.sourceId}`);
    const raw = await answer.text();

    const [metadata] = await collectFiles(provider.files(churn, crm));
    const [text] = await textsOf(metadata === undefined ? [] : [metadata]);

    const anyLink = /"AccessCredential":"[^"]*"/g;
    expect(text).toBe(raw.replace(anyLink, '"AccessCredential":"[redacted]"'));
    expect(text).toMatch(/"CreatedDateTicks":\d{18}[,}]/);
    expect(text).toContain("\\/Date(");
  });
});

/** Whether a text holds a secret as it is, in a URL, or as JSON may write it. */
function holds(text: string, secret: string): boolean {
  const forms = [secret, encodeURIComponent(secret), secret.replaceAll("/", "\\/")];
  return forms.some((form) => text.includes(form));
}
