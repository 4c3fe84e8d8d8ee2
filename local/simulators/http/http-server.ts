import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** Certificate chain and private key, both PEM. */
export type Certificate = { readonly certPem: string; readonly keyPem: string };

/** A listening server on 127.0.0.1. Until `serve` is called it answers 503. */
export interface HttpServer {
  /** For example `https://127.0.0.1:41234`. */
  readonly origin: string;
  serve(listener: RequestListener): void;
  /** Stops listening and breaks open connections; a second call waits for the first. */
  close(): Promise<void>;
}

/** Listens on `port` (0 = any free one), with TLS when a certificate is given. Throws when the port is taken. */
export async function openHttpServer(
  port: number,
  certificate: Certificate | null,
): Promise<HttpServer> {
  let listener: RequestListener = (_request, response) => {
    response.writeHead(503).end();
  };
  const dispatch: RequestListener = (request, response) => listener(request, response);
  const server: Server =
    certificate === null
      ? createServer(dispatch)
      : createTlsServer({ cert: certificate.certPem, key: certificate.keyPem }, dispatch);
  let closed: Promise<void> | undefined;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: boundPort } = server.address() as AddressInfo; // a TCP server has no string address
  return {
    origin: `${certificate === null ? "http" : "https"}://127.0.0.1:${boundPort}`,
    serve: (next) => {
      listener = next;
    },
    close: () => {
      closed ??= closeServer(server);
      return closed;
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
