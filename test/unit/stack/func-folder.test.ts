import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeFuncFolder } from "../../../local/stack/func-folder.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const options = {
  settings: {
    ServiceBus: "Endpoint=sb://127.0.0.1:1234",
    AzureWebJobsStorage: "UseDevelopmentStorage=true",
  },
  port: 7999,
  caFile: "/data/ca.pem",
  storage: { blob: "https://b/a", queue: "https://q/a", table: "https://t/a" },
};

describe("the folder for func start", () => {
  it("has the settings of the stack, the port, and storage by its HTTPS addresses", async () => {
    await using data = await temporaryFolder();

    const folder = await writeFuncFolder({ ...options, dataDir: data.path });

    const file = join(folder, "local.settings.json");
    const { IsEncrypted, Host, Values } = JSON.parse(await readFile(file, "utf8"));
    expect({ IsEncrypted, Host }).toEqual({ IsEncrypted: false, Host: { LocalHttpPort: 7999 } });
    expect(Values).toMatchObject({
      ServiceBus: options.settings.ServiceBus,
      NODE_EXTRA_CA_CERTS: "/data/ca.pem",
      AzureWebJobsStorage: expect.stringMatching(/;BlobEndpoint=https:\/\/b\/a;QueueEndpoint=/),
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("has the app by a link, so that it runs what was built last", async () => {
    await using data = await temporaryFolder();

    const folder = await writeFuncFolder({ ...options, dataDir: data.path });

    const app = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const files = ["host.json", app.main, "node_modules/@azure/functions/package.json"];
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(folder, file))).size),
    );
    expect(sizes.every((size) => size > 0)).toBe(true);
  });

  it("is made anew over an old one, and leaves the project's own settings alone", async () => {
    await using data = await temporaryFolder();
    const own = new URL("../../../local.settings.json", import.meta.url);
    const before = await readFile(own, "utf8");
    const folder = await writeFuncFolder({ ...options, dataDir: data.path });
    await writeFile(join(folder, "local.settings.json"), "{}");

    await writeFuncFolder({ ...options, dataDir: data.path, port: 8000 });

    const text = await readFile(join(folder, "local.settings.json"), "utf8");
    expect(JSON.parse(text).Host.LocalHttpPort).toBe(8000);
    expect(await readFile(own, "utf8")).toBe(before);
  });
});
