import { once } from "node:events";
import { type AddressInfo, createServer, connect as openSocket, type Socket } from "node:net";

/** Stands between a client and a server on this machine; `await using` stops it. */
export type TcpProxy = AsyncDisposable & {
  readonly port: number;
  /** Cuts every line without a word. */
  breakConnections(): void;
  /** Lets nothing through any more, and tells nobody. */
  stall(): void;
};

/** Starts a proxy on a free port in front of `serverPort`. */
export async function startTcpProxy(serverPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((inbound) => {
    const outbound = openSocket(serverPort, "127.0.0.1");
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    inbound.pipe(outbound).pipe(inbound);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const breakConnections = (): void => {
    for (const socket of sockets) {
      socket.resetAndDestroy();
    }
    sockets.clear();
  };
  return {
    // A TCP server that listens has an address with a port.
    port: (server.address() as AddressInfo).port,
    breakConnections,
    stall() {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    async [Symbol.asyncDispose]() {
      breakConnections();
      server.close();
      await once(server, "close");
    },
  };
}
