import type { Socket } from "node:net";
import type { Connection } from "rhea";

/** How a connection is lost: the line breaks, the broker closes it, or it detaches every link. */
export type DropKind = "break" | "close" | "detach";

/** What is known of one connection. */
export type ConnectionInfo = {
  readonly id: number;
  /** The name that the client gave itself. */
  readonly container: string;
  readonly remotePort: number | undefined;
  readonly links: number;
};

type Open = { readonly id: number; readonly connection: Connection; readonly socket: Socket };

/** The open connections, and the ways to take them from their clients. */
export class Connections {
  readonly #sockets = new Set<Socket>();
  readonly #open = new Map<Connection, Open>();
  #isPaused = false;
  #lastId = 0;

  /** Follows a socket from the start; what speaks no AMQP yet can be paused and broken too. */
  addSocket(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (this.#isPaused) {
      pause(socket);
    }
  }

  /** Follows a connection once it is open. */
  add(connection: Connection, socket: Socket): void {
    this.#lastId += 1;
    this.#open.set(connection, { id: this.#lastId, connection, socket });
    socket.once("close", () => this.#open.delete(connection));
  }

  list(): ConnectionInfo[] {
    return Array.from(this.#open.values(), ({ id, connection, socket }) => ({
      id,
      container: connection.container_id,
      remotePort: socket.remotePort,
      links: linksOf(connection).length,
    }));
  }

  /** Takes every connection from its client; returns how many there were. */
  drop(kind: DropKind): number {
    const open = [...this.#open.values()];
    for (const { connection, socket } of open) {
      dropOne(connection, socket, kind);
    }
    return open.length;
  }

  /** Leaves every socket open, the future ones too, but neither reads nor writes any more. */
  pause(): void {
    for (const socket of this.#isPaused ? [] : this.#sockets) {
      pause(socket);
    }
    this.#isPaused = true;
  }

  /** Undoes `pause`: what was held back is read and written. */
  resume(): void {
    this.#isPaused = false;
    for (const socket of this.#sockets) {
      socket.uncork();
      socket.resume();
    }
  }

  /** Closes every connection in order, for the end of the broker. */
  closeAll(description: string): void {
    for (const connection of this.#open.keys()) {
      connection.close({ condition: "amqp:connection:forced", description });
    }
  }

  /** Breaks every socket. */
  breakAll(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }
}

function dropOne(connection: Connection, socket: Socket, kind: DropKind): void {
  const description = "The connection was dropped on request.";
  switch (kind) {
    case "break":
      socket.resetAndDestroy();
      break;
    case "close":
      connection.close({ condition: "amqp:connection:forced", description });
      break;
    case "detach":
      for (const link of linksOf(connection)) {
        link.close({ condition: "amqp:link:detach-forced", description });
      }
      break;
  }
}

type Link = ReturnType<Connection["open_sender"]>;

function linksOf(connection: Connection): Link[] {
  const links: Link[] = [];
  connection.each_link((link: Link) => void links.push(link));
  return links;
}

function pause(socket: Socket): void {
  socket.pause();
  socket.cork();
}
