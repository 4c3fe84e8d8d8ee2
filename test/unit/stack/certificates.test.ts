import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { ensureCertificates } from "../../../local/stack/certificates.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const AT = new Date("2030-01-01T00:00:00Z");

describe("local certificates", () => {
  it.each(["127.0.0.1", "localhost"])(
    "are accepted for %s by a client that trusts the authority",
    async (host) => {
      await using folder = await temporaryFolder();
      const files = await ensureCertificates(folder.path, new Date());
      const server = createServer(
        { cert: await readFile(files.certFile), key: await readFile(files.keyFile) },
        (_request, response) => response.end("hello"),
      ).listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo; // A TCP server has an address with a port.

      const request = get({ host, port, ca: await readFile(files.caFile), agent: false });
      const [response] = await once(request, "response");

      expect(response.statusCode).toBe(200);
      response.destroy();
      server.close();
    },
  );

  it("keep the private key to the owner and throw the authority's key away", async () => {
    await using folder = await temporaryFolder();

    const files = await ensureCertificates(folder.path, AT);

    expect((await stat(files.keyFile)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder.path)).sort()).toEqual(["ca.pem", "server-key.pem", "server.pem"]);
    expect(new X509Certificate(await readFile(files.caFile)).ca).toBe(true);
  });

  it("are kept until 30 days before they end", async () => {
    await using folder = await temporaryFolder();
    const files = await ensureCertificates(folder.path, AT);
    const first = await readFile(files.certFile, "utf8");

    await ensureCertificates(folder.path, new Date("2030-12-01T00:00:00Z"));
    const kept = await readFile(files.certFile, "utf8");
    await ensureCertificates(folder.path, new Date("2030-12-03T00:00:00Z"));
    const renewed = await readFile(files.certFile, "utf8");

    expect(kept).toBe(first);
    expect(renewed).not.toBe(first);
    expect(new X509Certificate(renewed).validToDate).toEqual(new Date("2031-12-03T00:00:00Z"));
  });

  it("are made again when a file is damaged", async () => {
    await using folder = await temporaryFolder();
    const files = await ensureCertificates(folder.path, AT);
    await writeFile(files.keyFile, "not a key");

    await ensureCertificates(folder.path, AT);

    expect(await readFile(files.keyFile, "utf8")).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });
});
