import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import rhea, { type Connection, type Container, type EventContext } from "rhea";
import { type BrokerParts, Links } from "./links.ts";
import { noticeClose } from "./rhea-internals.ts";
import type { SharedAccessKey } from "./shared-access-signature.ts";

/** An AMQP server that listens. */
export type AmqpServer = {
  readonly port: number;
  /** Closes every connection with `amqp:connection:forced` and stops listening. */
  close(): Promise<void>;
};

const HOST = "127.0.0.1";
const CLOSE_GRACE_MS = 200;

/** How many messages a client may send ahead of their acknowledgement. */
const CREDIT = 2000;

/** Limits that the server states when a connection opens. */
const OPEN = { idle_time_out: 240_000, max_frame_size: 65_536, channel_max: 4999 };

/** Listens on the loopback interface; port 0 takes a free one. Rejects when the port is taken. */
export async function listen(port: number, parts: BrokerParts): Promise<AmqpServer> {
  const container = rhea.create_container({ id: "local-service-bus" });
  offerMechanisms(container, parts.key);
  const connections = new Set<Connection>();
  container.on("connection_open", ({ connection }: EventContext) => {
    const links = new Links(connection, parts);
    connections.add(connection);
    noticeClose(connection, () => {
      connections.delete(connection);
      links.close();
    });
  });
  ignorePeerErrors(container);

  const options = { port, host: HOST, noDelay: true, ...OPEN, ...linkOptions };
  const server = container.listen(options);
  const sockets = trackSockets(server);
  await once(server, "listening");
  return {
    // A TCP server that listens has an address with a port.
    port: (server.address() as AddressInfo).port,
    close: () => close(server, connections, sockets),
  };
}

/** The broker decides about every delivery itself. */
const linkOptions = {
  receiver_options: { credit_window: CREDIT, autoaccept: false, autosettle: false },
  sender_options: { autosettle: false, treat_modified_as_released: false },
};

/**
 * The JavaScript client is content with ANONYMOUS, other clients ask for one of the rest. None of
 * them opens an entity: that takes a token.
 */
function offerMechanisms(container: Container, { name, key }: SharedAccessKey): void {
  const accept = () => ({
    outcome: undefined as boolean | undefined,
    start() {
      this.outcome = true;
    },
  });
  const mechanisms = container.sasl_server_mechanisms;
  mechanisms.enable_anonymous();
  mechanisms.enable_plain((user: string, password: string) => user === name && password === key);
  mechanisms.MSSBCBS = accept;
  mechanisms.EXTERNAL = accept;
}

/** rhea throws, or prints, when nobody listens to what went wrong at the other end. */
function ignorePeerErrors(container: Container): void {
  const events = [
    "error",
    "protocol_error",
    "connection_error",
    "session_error",
    "sender_error",
    "receiver_error",
    "disconnected",
  ];
  for (const event of events) {
    container.on(event, () => undefined);
  }
}

function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

async function close(
  server: Server,
  connections: ReadonlySet<Connection>,
  sockets: ReadonlySet<Socket>,
): Promise<void> {
  const closed = once(server, "close");
  server.close();
  for (const connection of connections) {
    connection.close({
      condition: "amqp:connection:forced",
      description: "The broker is shutting down.",
    });
  }
  await Promise.race([closed, delay(CLOSE_GRACE_MS, undefined, { ref: false })]);
  for (const socket of sockets) {
    socket.destroy();
  }
  await closed;
}
