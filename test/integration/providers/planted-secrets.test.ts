import { describe, expect, it } from "vitest";
import { plantedSecrets } from "../../../local/simulators/estate/planted-secrets.ts";
import { collect, collectFiles, textsOf } from "../../support/providers/collect.ts";
import { holdsSecret } from "../../support/providers/holds-secret.ts";
import { estateForFile } from "../../support/providers/provider-on-simulators.ts";

const estate = await estateForFile();

/** Everything but the user's own files, which stay as they are. */
const USER_FILE = /^(?:content|schema|preview|node-\w+)$/;

describe("sixty credentials in the metadata of a workspace", () => {
  it("are in none of its documents, scripts and names, and each place is told", async () => {
    const { provider, churn, simulators } = estate;
    simulators.switches.change({ plantSecrets: true });
    const secrets = plantedSecrets("S1");

    let redactions = 0;
    const leaks: string[] = [];
    for (const asset of await collect(provider.inventory(churn))) {
      const files = await collectFiles(provider.files(churn, asset));
      const documents = files.filter(({ key }) => !USER_FILE.test(key));
      const names = [asset.name, ...files.map(({ path }) => path.join("/"))];
      for (const text of [...names, ...(await textsOf(documents))]) {
        const found = secrets.filter(({ secret }) => holdsSecret(text, secret));
        leaks.push(...found.map(({ place, form }) => `${asset.kind}: ${place} as ${form}`));
      }
      redactions += documents.reduce((sum, file) => sum + file.redactions.length, 0);
    }

    expect(leaks).toEqual([]);
    expect(secrets.length).toBeGreaterThanOrEqual(60);
    expect(redactions).toBeGreaterThan(secrets.length);
  });
});
