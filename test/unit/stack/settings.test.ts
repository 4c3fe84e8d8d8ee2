import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SUBSCRIPTIONS, TENANT_ID } from "../../../local/simulators/seed/people.ts";
import { DEFAULT_PORTS } from "../../../local/stack/ports.ts";
import { appSettings, writeSettings } from "../../../local/stack/settings.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const DEFAULT_ADDRESSES = {
  storage: {
    blob: `https://127.0.0.1:${DEFAULT_PORTS.azuriteBlob}/devstoreaccount1`,
    queue: `https://127.0.0.1:${DEFAULT_PORTS.azuriteQueue}/devstoreaccount1`,
    table: `https://127.0.0.1:${DEFAULT_PORTS.azuriteTable}/devstoreaccount1`,
  },
  serviceBusConnectionString: `Endpoint=sb://127.0.0.1:${DEFAULT_PORTS.broker};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`,
  simulators: {
    studio: `https://127.0.0.1:${DEFAULT_PORTS.studio}`,
    management: `https://127.0.0.1:${DEFAULT_PORTS.management}`,
    storage: `https://127.0.0.1:${DEFAULT_PORTS.storage}`,
    arm: `https://127.0.0.1:${DEFAULT_PORTS.arm}`,
    entra: `https://127.0.0.1:${DEFAULT_PORTS.entra}`,
    vault: `https://127.0.0.1:${DEFAULT_PORTS.vault}`,
    execution: `https://127.0.0.1:${DEFAULT_PORTS.execution}`,
    identity: `http://127.0.0.1:${DEFAULT_PORTS.identity}/msi/token`,
    control: `http://127.0.0.1:${DEFAULT_PORTS.control}`,
    tenantId: TENANT_ID,
    subscriptions: Object.values(SUBSCRIPTIONS).map(({ id }) => id),
    issuer: `https://127.0.0.1:${DEFAULT_PORTS.entra}/${TENANT_ID}/v2.0`,
    jwks: `https://127.0.0.1:${DEFAULT_PORTS.entra}/${TENANT_ID}/discovery/v2.0/keys`,
  },
};

describe("the settings of the app", () => {
  it("are those of local.settings.json when the stack has its default ports", async () => {
    const text = await readFile(new URL("../../../local.settings.json", import.meta.url), "utf8");

    const settings = appSettings(DEFAULT_ADDRESSES);

    expect({ IsEncrypted: false, Values: settings }).toEqual(JSON.parse(text));
  });

  it("are written for their owner only, also over a file that was open to others", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "settings.json");
    await writeFile(file, "{}", { mode: 0o644 });

    await writeSettings(file, { A: "2" });

    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
      IsEncrypted: false,
      Values: { A: "2" },
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});
