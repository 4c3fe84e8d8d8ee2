import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import rhea, { type Container } from "rhea";
import { Connections } from "./connections.ts";
import { type BrokerParts, Links } from "./links.ts";
import { refuseOtherProtocols } from "./other-protocols.ts";
import { acceptConnection, noticeClose } from "./rhea-connection.ts";
import type { SharedAccessKey } from "./shared-access-signature.ts";

/** An AMQP server that listens. */
export type AmqpServer = {
  readonly port: number;
  readonly connections: Connections;
  /** Closes every connection with `amqp:connection:forced` and stops listening. */
  close(): Promise<void>;
};

/** How to listen. */
export type ListenOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  /** How long a client may be silent; the connection ends after twice that. */
  readonly idleTimeoutMs?: number | undefined;
  /** Told, in a sentence, of clients of other protocols. */
  readonly onRefusal?: ((sentence: string) => void) | undefined;
};

const HOST = "127.0.0.1";
const CLOSE_GRACE_MS = 200;

/** How many messages a client may send ahead of their acknowledgement. */
const CREDIT = 2000;

/** Limits that the server states when a connection opens. */
const OPEN = { idle_time_out: 240_000, max_frame_size: 65_536, channel_max: 4999 };

/** Listens on the loopback interface. Rejects when the port is taken. */
export async function listen(options: ListenOptions, parts: BrokerParts): Promise<AmqpServer> {
  const { port, idleTimeoutMs = OPEN.idle_time_out, onRefusal = () => undefined } = options;
  const container = rhea.create_container({ id: "local-service-bus" });
  offerMechanisms(container, parts.key);
  ignorePeerErrors(container);
  const connections = new Connections();
  const connectionOptions = { ...OPEN, idle_time_out: idleTimeoutMs, ...linkOptions };
  const server = createServer({ noDelay: true }, (socket) => {
    const accept = (firstBytes: Buffer): void => {
      const connection = acceptConnection(container, connectionOptions, socket);
      connection.once("connection_open", () => {
        const links = new Links(connection, parts);
        connections.add(connection, socket);
        noticeClose(connection, () => links.close());
      });
      socket.emit("data", firstBytes);
    };
    refuseOtherProtocols(socket, accept, onRefusal);
    connections.addSocket(socket);
  });
  server.listen(port, HOST);
  await once(server, "listening");
  return {
    // A TCP server that listens has an address with a port.
    port: (server.address() as AddressInfo).port,
    connections,
    close: () => close(server, connections),
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

async function close(server: Server, connections: Connections): Promise<void> {
  const closed = once(server, "close");
  server.close();
  connections.resume();
  connections.closeAll("The broker is shutting down.");
  await Promise.race([closed, delay(CLOSE_GRACE_MS, undefined, { ref: false })]);
  connections.breakAll();
  await closed;
}
