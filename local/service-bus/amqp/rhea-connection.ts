import type { Socket } from "node:net";
import type { Connection, ConnectionOptions, Container } from "rhea";
import { writeTogether } from "./write-together.ts";

type InternalConnection = {
  input(bytes: Buffer): void;
  accept(socket: Socket): void;
  is_open(): boolean;
  /** Without a frame to write, the empty one. */
  _write_frame(): void;
};

/**
 * Makes a connection of the container from a socket that a server accepted; its input is read, and
 * its output written, as `writeTogether` does.
 */
export function acceptConnection(
  container: Container,
  options: object,
  socket: Socket,
): Connection {
  const connection = container.create_connection(options as ConnectionOptions);
  const internal = connection as unknown as InternalConnection;
  internal.input = writeTogether(socket, internal.input.bind(internal), () => {
    if (internal.is_open()) internal._write_frame();
  });
  internal.accept(socket);
  return connection;
}

/**
 * Calls back when the connection's socket closes and lets rhea know, which by itself looks at the
 * events end and error only and would leave its heartbeat running.
 */
export function noticeClose(connection: Connection, onClose: () => void): void {
  const internal = connection as unknown as { readonly socket: Socket; _disconnected(): void };
  internal.socket.once("close", () => {
    internal._disconnected();
    onClose();
  });
}
