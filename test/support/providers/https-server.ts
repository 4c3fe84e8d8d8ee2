import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { ensureCertificates } from "../../../local/stack/certificates.ts";
import { temporaryFolder } from "../stack/temporary-folder.ts";

/** A call that a test server got. Header names are in lower case. */
export type SeenCall = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
};

/** Answers one call; `calls` counts from 1. */
export type Answer = (request: IncomingMessage, response: ServerResponse, calls: number) => void;

/** An HTTPS server on a free port of 127.0.0.1, trusted by this process. */
export interface TestServer extends AsyncDisposable {
  readonly origin: string;
  readonly host: string;
  readonly seen: readonly SeenCall[];
}

/** Starts a server that answers as told. */
export async function startHttpsServer(answer: Answer): Promise<TestServer> {
  const certificate = await trustedCertificate();
  const seen: SeenCall[] = [];
  const server = createServer(certificate, (request, response) => {
    const { method = "", url = "", headers } = request;
    seen.push({ method, path: url, headers });
    answer(request, response, seen.length);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // A TCP server has an address with a port.
  return {
    origin: `https://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

let certificate: Promise<{ cert: Buffer; key: Buffer }> | undefined;

/** One certificate per test process; its authority is added to what this process trusts. */
function trustedCertificate(): Promise<{ cert: Buffer; key: Buffer }> {
  certificate ??= makeCertificate();
  return certificate;
}

async function makeCertificate(): Promise<{ cert: Buffer; key: Buffer }> {
  await using folder = await temporaryFolder();
  const files = await ensureCertificates(folder.path, new Date());
  const authority = await readFile(files.caFile, "utf8");
  setDefaultCACertificates([...getCACertificates("default"), authority]);
  return { cert: await readFile(files.certFile), key: await readFile(files.keyFile) };
}
