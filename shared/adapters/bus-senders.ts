import type { ServiceBusClient, ServiceBusSender } from "@azure/service-bus";
import { AppError } from "../errors.ts";

/** Closing never ends when the connection breaks meanwhile, so it gets this long. */
const CLOSE_WITHIN_MS = 2_000;

/** The part of the client that sends. */
export type SendingClient = Pick<ServiceBusClient, "createSender" | "close">;

/**
 * One sender per queue or topic, on a client that is made at the first need. A sender may stay broken after
 * an error; `drop` throws it away, so that the next need makes another.
 */
export class BusSenders {
  readonly #connect: () => Promise<SendingClient>;
  readonly #senders = new Map<string, ServiceBusSender>();
  readonly #closing = new Set<Promise<void>>();
  #connecting: Promise<SendingClient> | undefined;
  #client: SendingClient | undefined;

  constructor(connect: () => Promise<SendingClient>) {
    this.#connect = connect;
  }

  /** The sender of a queue or topic. Rejects as `connect` does; the next call connects again. */
  async of(entity: string): Promise<ServiceBusSender> {
    this.#connecting ??= this.#connect();
    try {
      this.#client = await this.#connecting;
    } catch (error) {
      this.#connecting = undefined;
      throw error;
    }
    const sender = this.#senders.get(entity) ?? this.#client.createSender(entity);
    this.#senders.set(entity, sender);
    return sender;
  }

  /** Throws a sender away; it is closed meanwhile. */
  drop(entity: string): void {
    const sender = this.#senders.get(entity);
    this.#senders.delete(entity);
    if (sender === undefined) return;
    const closed = closeInTime(sender).finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  /** Gives up the connection, in bounded time. */
  async close(): Promise<void> {
    this.#senders.clear();
    await Promise.all(this.#closing);
    if (this.#client !== undefined) await closeInTime(this.#client);
  }
}

async function closeInTime(closable: { close(): Promise<void> }): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_WITHIN_MS);
  // What is thrown away may fail to close: that changes nothing for anyone.
  await Promise.race([closable.close().catch(() => {}), late]);
  clearTimeout(timer);
}

/** The client's errors carry addresses and, at times, connection details: only the code is told. */
export function busError(error: unknown, entity: string): AppError {
  return new AppError("bus-unavailable", `A call to ${entity} failed: ${busCode(error)}`);
}

/** The client's code of an error, or "no code". */
export function busCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "no code";
}
