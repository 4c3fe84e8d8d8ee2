import { AppError } from "../../../shared/errors.ts";
import { failureAt, type Verdict } from "./faults.ts";
import type { SimulatedStage } from "./world.ts";

/** Ports under the scheduler: every call, and every piece of a stream, is a point. */

/** Waits at a point, and is told what the call will come to. */
export type At = (point: string) => Promise<Verdict | null>;

/** Writes a row as it is, so that whoever has its version before is too late. */
export type Touch = (point: string, args: readonly unknown[]) => Promise<void>;

const PORTS = [
  "ledger",
  "slices",
  "intents",
  "controls",
  "claims",
  "dueIndex",
  "purgeIndex",
  "deadlineIndex",
  "list",
  "bus",
  "post",
  "deadLetters",
  "packages",
  "receipts",
  "signer",
  "directory",
  "provider",
  "eraser",
  "registry",
  "vault",
] as const satisfies readonly (keyof SimulatedStage)[];

type Method = (...args: unknown[]) => unknown;

/** Methods that wait for nothing. */
const IMMEDIATE = new Set(["eraser.notErasable"]);
/** Methods that return a stream at once. */
const STREAMS = new Set([
  "directory.list",
  "ledger.history",
  "slices.done",
  "intents.list",
  "packages.staged",
  "packages.list",
  "provider.inventory",
  "provider.files",
  "eraser.uses",
  "registry.list",
]);

/** Every port, with a point before each of its calls. */
export function allUnderScheduler(
  stage: SimulatedStage,
  at: At,
  touch: Touch,
): Pick<SimulatedStage, (typeof PORTS)[number]> {
  const wired = PORTS.map((name) => [name, underScheduler(stage[name], name, at, touch)]);
  // Each under its own name: the compiler cannot see that.
  return Object.fromEntries(wired) as Pick<SimulatedStage, (typeof PORTS)[number]>;
}

/** The port with a point before each call. */
function underScheduler<T extends object>(port: T, name: string, at: At, touch: Touch): T {
  return new Proxy(port, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key);
      const point = `${name}.${String(key)}`;
      if (typeof method !== "function" || IMMEDIATE.has(point)) return method;
      const call = method.bind(target) as Method;
      if (STREAMS.has(point)) {
        return (...args: unknown[]) =>
          streamed(call(...args) as AsyncIterable<unknown>, point, at, touch);
      }
      return async (...args: unknown[]) => {
        const result = await called(
          point,
          () => call(...args),
          at,
          () => touch(point, args),
        );
        return inside(result, point, at, touch);
      };
    },
  });
}

async function called(
  point: string,
  call: () => unknown,
  at: At,
  touch: () => Promise<void>,
): Promise<unknown> {
  const verdict = await at(point);
  if (verdict === "refused") throw failureAt(point);
  if (verdict === "conflict") await touch();
  const result = await call();
  if (verdict === "answer-lost") throw failureAt(point);
  if (verdict !== "own-conflict") return result;
  if (result === "created") return "exists";
  throw new AppError("store-conflict", `${point} met its own write`);
}

async function* streamed<T>(
  stream: AsyncIterable<T>,
  point: string,
  at: At,
  touch: Touch,
): AsyncGenerator<T> {
  if ((await at(point)) !== null) throw failureAt(point);
  for await (const item of stream) {
    if ((await at(`${point}.next`)) !== null) throw failureAt(`${point}.next`);
    yield inside(item, point, at, touch) as T;
  }
}

/** What a port gives out can be called in turn: the files of an asset, dead letters, the bytes of a blob. */
function inside(result: unknown, point: string, at: At, touch: Touch): unknown {
  if (point === "packages.read") {
    return chunks(result as AsyncIterable<Uint8Array>, "packages.body", at);
  }
  if (point === "provider.files" && isRecord(result) && "open" in result) {
    return underScheduler(result, "provider", at, touch);
  }
  if (point === "provider.open" && isRecord(result)) {
    const { body } = result as { body: AsyncIterable<Uint8Array> };
    return { ...result, body: chunks(body, "provider.body", at) };
  }
  if (point === "deadLetters.take" && Array.isArray(result)) {
    return result.map((letter: object) => underScheduler(letter, "deadLetters", at, touch));
  }
  return result;
}

/** A stream of bytes fails after some of them, as a connection does. */
async function* chunks(
  body: AsyncIterable<Uint8Array>,
  name: string,
  at: At,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    yield chunk;
    if ((await at(`${name}.next`)) !== null) throw failureAt(`${name}.next`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
