import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A TCP server in front of another one, which can break connections at a chosen moment. */
export interface TcpRelay extends AsyncDisposable {
  readonly port: number;
  /** Breaks every connection as soon as the client sends something more; resolves when it has. */
  breakAtNextBytes(): Promise<void>;
}

/** Relays to a port of 127.0.0.1; without one it takes what comes and never answers. */
export async function startTcpRelay(target?: number): Promise<TcpRelay> {
  const sockets = new Set<Socket>();
  const broken = Promise.withResolvers<void>();
  let breaks = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  };
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    keep(client);
    if (target === undefined) return void client.resume();
    const upstream = connect(target, "127.0.0.1");
    keep(upstream);
    upstream.pipe(client);
    client.on("data", (bytes) => {
      if (!breaks) return void upstream.write(bytes);
      breakAll();
      broken.resolve();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The relay has no port");
  return {
    port: address.port,
    breakAtNextBytes: () => {
      breaks = true;
      return broken.promise;
    },
    [Symbol.asyncDispose]: async () => {
      breakAll();
      server.close();
      await once(server, "close");
    },
  };
}
