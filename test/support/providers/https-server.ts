import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { trustedCertificate } from "../trusted-certificate.ts";

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
  const { certPem: cert, keyPem: key } = await trustedCertificate();
  const seen: SeenCall[] = [];
  const server = createServer({ cert, key }, (request, response) => {
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
