import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SUBSCRIPTIONS, TENANT_ID } from "../../../local/simulators/seed/people.ts";
import { appSettings, ensureSecrets, writeSettings } from "../../../local/stack/settings.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const DEFAULT_ADDRESSES = {
  storage: {
    blob: "https://127.0.0.1:10000/devstoreaccount1",
    table: "https://127.0.0.1:10002/devstoreaccount1",
  },
  serviceBusConnectionString:
    "Endpoint=sb://127.0.0.1:5672;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;",
  simulators: {
    studio: "https://127.0.0.1:7101",
    management: "https://127.0.0.1:7102",
    storage: "https://127.0.0.1:7103",
    arm: "https://127.0.0.1:7104",
    entra: "https://127.0.0.1:7105",
    vault: "https://127.0.0.1:7106",
    identity: "http://127.0.0.1:7107/msi/token",
    control: "http://127.0.0.1:7108",
    tenantId: TENANT_ID,
    subscriptions: Object.values(SUBSCRIPTIONS).map(({ id }) => id),
    issuer: `https://127.0.0.1:7105/${TENANT_ID}/v2.0`,
    jwks: `https://127.0.0.1:7105/${TENANT_ID}/discovery/v2.0/keys`,
  },
};

describe("the settings of the app", () => {
  it("are those of local.settings.json when the stack has its default ports", async () => {
    const text = await readFile(new URL("../../../local.settings.json", import.meta.url), "utf8");
    const secrets = { identityHeader: "local", pseudonymKey: "local-only" };

    const settings = appSettings(DEFAULT_ADDRESSES, secrets);

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

describe("the secrets of a data directory", () => {
  it("are kept, and are others in another directory", async () => {
    await using one = await temporaryFolder();
    await using other = await temporaryFolder();

    const first = await ensureSecrets(one.path);
    const again = await ensureSecrets(one.path);
    const different = await ensureSecrets(other.path);

    expect(again).toEqual(first);
    expect(different.pseudonymKey).not.toBe(first.pseudonymKey);
    expect(different.identityHeader).not.toBe(first.identityHeader);
    expect(first.pseudonymKey).toMatch(/^[0-9a-f]{64}$/);
  });
});
