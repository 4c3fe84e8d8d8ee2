import { z } from "zod";
import { jsonReply } from "../../simulators/http/reply.ts";
import { createRouter, type Handler, type Route } from "../../simulators/http/router.ts";
import type { SimulatorRequest } from "../../simulators/http/simulator-request.ts";
import type { Connections } from "../amqp/connections.ts";
import type { Entities, Entity } from "../entities.ts";
import { BROKER_ERROR_CODES } from "../model/broker-error.ts";
import type { SendFaults } from "../model/send-faults.ts";
import type { Turn } from "../turn.ts";
import { dumpEntity, dumpMessages } from "./dump.ts";
import type { MovableClock } from "./movable-clock.ts";

/** What tests may look at and change. */
export type ControlContext = {
  readonly entities: Entities;
  readonly connections: Connections;
  readonly faults: SendFaults;
  readonly clock: MovableClock;
  readonly turn: Turn;
};

/** A request that cannot be answered; the message says why and what would do. */
class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const Nothing = z.strictObject({});
const Drop = z.strictObject({ kind: z.enum(["break", "close", "detach"]).default("break") });
const Advance = z.strictObject({ ms: z.int().min(0) });
const Expire = z.strictObject({ entity: z.string(), sequenceNumber: z.int().optional() });
const Refuse = z.strictObject({
  count: z.int().min(1),
  entity: z.string().optional(),
  error: z.enum(BROKER_ERROR_CODES).default("server-busy"),
});
const Page = z.strictObject({
  entity: z.string("add ?entity=PATH"),
  from: z.coerce.number().int().default(0),
  count: z.coerce.number().int().min(1).default(1000),
});

/** The tests' own door. Everything is JSON; an error is `{"error": sentence}`. */
export function createControlHandler(context: ControlContext): Handler {
  const { entities, connections, faults } = context;
  const router = createRouter(
    [
      get("/entities", () => entities.list().map(dumpEntity)),
      get("/messages", ({ url }) => {
        const { entity, from, count } = parse(Page, Object.fromEntries(url.searchParams));
        return dumpMessages(find(entities, entity), from, count);
      }),
      get("/connections", () => connections.list()),
      post("/connections/drop", Drop, ({ kind }) => ({ dropped: connections.drop(kind) })),
      post("/connections/pause", Nothing, () => connections.pause()),
      post("/connections/resume", Nothing, () => connections.resume()),
      post("/locks/expire", Expire, (which) => expireLocks(context, which)),
      post("/clock/advance", Advance, ({ ms }) => advanceClock(context, ms)),
      post("/sends/refuse", Refuse, (fault) => {
        const entity = fault.entity && find(entities, fault.entity).path;
        faults.refuse({ ...fault, entity });
        return { refusing: faults.left };
      }),
      post("/sends/accept", Nothing, () => faults.clear()),
    ],
    ({ method, url }) => {
      throw new ControlError(404, `There is no ${method} ${url.pathname}.`);
    },
  );
  return async (request) => {
    try {
      const reply = await router(request);
      // Even looking at a queue ends what is due in it.
      await new Promise<void>((resolve) => context.turn.afterCommit(resolve));
      return reply;
    } catch (error) {
      if (error instanceof ControlError) return jsonReply({ error: error.message }, error.status);
      throw error;
    }
  };
}

/** To a queue, the end of a lock and an abandoned message are the same thing. */
function expireLocks(
  { entities }: ControlContext,
  { entity, sequenceNumber }: z.output<typeof Expire>,
): { expired: number } {
  const { queue } = find(entities, entity);
  const lockTokens = queue
    .peek(0, Infinity)
    .filter((message) => message.sequenceNumber === (sequenceNumber ?? message.sequenceNumber))
    .flatMap(({ state }) => (state.kind === "locked" ? [state.lockToken] : []));
  for (const lockToken of lockTokens) queue.abandon(lockToken);
  return { expired: lockTokens.length };
}

function advanceClock({ clock, turn }: ControlContext, ms: number): { now: string } {
  clock.advance(ms);
  turn.wake();
  return { now: new Date(clock.now()).toISOString() };
}

function find(entities: Entities, path: string): Entity {
  const entity = entities.find(path);
  if (entity === undefined) throw new ControlError(404, `There is no entity ${path}.`);
  return entity;
}

function get(pattern: string, answer: (request: SimulatorRequest) => unknown): Route {
  return { method: "GET", pattern, handle: (request) => jsonReply(answer(request)) };
}

function post<Body>(pattern: string, schema: z.ZodType<Body>, act: (body: Body) => unknown): Route {
  return {
    method: "POST",
    pattern,
    handle: async (request) => {
      const text = await request.readText();
      return jsonReply((await act(parse(schema, text === "" ? {} : parseJson(text)))) ?? {});
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError(400, "The body is not JSON.");
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ControlError(400, z.prettifyError(parsed.error));
  return parsed.data;
}
