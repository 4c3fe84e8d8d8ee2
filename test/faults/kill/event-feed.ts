import { setTimeout as delay } from "node:timers/promises";
import { ServiceBusClient } from "@azure/service-bus";
import { z } from "zod";
import type { PublishedEvent, Purge } from "../checker/evidence.ts";

const TYPE = /^studio-dsr\.request\.(.+)\.v1$/;
const eventSchema = z.object({
  id: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.string(),
  sequence: z.string(),
  data: z.object({ externalId: z.string().nullable() }),
});
const AT_ONCE = 32;

/** Hears every event that is published, by the subscription of the stack, and wakes who waits for one. */
export class EventFeed implements AsyncDisposable {
  readonly events: PublishedEvent[] = [];
  readonly purges: Purge[] = [];
  /** Tickets that were answered as not taken. */
  rejectedTickets = 0;
  readonly #requestIdByTicket = new Map<string, string>();
  readonly #told = new Set<string>();
  readonly #waiting = new Map<string, Set<(tells: string) => void>>();
  readonly #client: ServiceBusClient;

  constructor(connectionString: string) {
    this.#client = new ServiceBusClient(connectionString);
    const receiver = this.#client.createReceiver("privacy-events", "local");
    receiver.subscribe(
      {
        processMessage: async ({ body }) => this.#hear(body),
        // Connections are dropped on purpose; the client makes another one.
        processError: async () => undefined,
      },
      { maxConcurrentCalls: AT_ONCE },
    );
  }

  /** The request that a ticket has become, as far as an event told. */
  requestIdOf(ticket: string): string | undefined {
    return this.#requestIdByTicket.get(ticket);
  }

  hasTold(requestId: string, what: string): boolean {
    return this.#told.has(`${requestId} ${what}`);
  }

  /**
   * Resolves at the next event about a request or ticket, or at the next one that tells one of `wanted`; or after
   * `atMostMs`.
   */
  async next(
    about: string,
    atMostMs: number,
    signal: AbortSignal,
    wanted: RegExp = /./,
  ): Promise<void> {
    const waiting = this.#waiting.get(about) ?? new Set();
    this.#waiting.set(about, waiting);
    const woken = Promise.withResolvers<void>();
    const hear = (tells: string) => {
      if (wanted.test(tells)) woken.resolve();
    };
    waiting.add(hear);
    const over = new AbortController();
    try {
      const either = AbortSignal.any([signal, over.signal]);
      await Promise.race([woken.promise, delay(atMostMs, undefined, { signal: either })]);
    } finally {
      over.abort();
      waiting.delete(hear);
      if (waiting.size === 0) this.#waiting.delete(about);
    }
  }

  #hear(body: unknown): void {
    const { id, type, subject, time, sequence, data } = eventSchema.parse(
      Buffer.isBuffer(body) ? JSON.parse(body.toString()) : body,
    );
    const tells = TYPE.exec(type)?.[1];
    if (tells === undefined) {
      this.rejectedTickets += 1;
      return;
    }
    this.events.push({ id, requestId: subject, sequence: Number(sequence), tells });
    this.#told.add(`${subject} ${tells}`);
    if (tells === "purged") this.purges.push({ requestId: subject, at: time });
    if (data.externalId !== null) this.#requestIdByTicket.set(data.externalId, subject);
    for (const about of [subject, data.externalId ?? ""]) {
      for (const wake of this.#waiting.get(about) ?? []) wake(tells);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}
