import type { Stage } from "../../shared/pipeline/stage.ts";

/** Processes that die at one of their calls to a port. */

/** At which call, counted from 1; whether the call is made before, so that its answer alone is lost. */
export type Death = { readonly atCall: number; readonly isMade: boolean };

const PORTS = [
  "ledger",
  "slices",
  "dueIndex",
  "purgeIndex",
  "deadlineIndex",
  "list",
  "bus",
  "packages",
  "receipts",
] as const satisfies readonly (keyof Stage)[];

/** Methods whose answer is a list that is read piece by piece. */
const LISTS = new Set(["history", "done", "staged", "list"]);

/**
 * Runs work in a process of its own, to its end or until the process dies; whether it lived. A dead process neither
 * goes on nor fails: it is not heard of any more.
 */
export function runMortal<S extends Stage>(
  on: S,
  death: Death,
  work: (stage: S) => Promise<unknown>,
): Promise<boolean> {
  let [calls, isDead] = [0, false];
  const died = Promise.withResolvers<boolean>();
  const die = () => {
    isDead = true;
    died.resolve(false);
    return new Promise<never>(() => undefined);
  };
  const through: Through = async (make) => {
    if (isDead) return die();
    calls += 1;
    const isLast = calls === death.atCall;
    if (isLast && !death.isMade) return die();
    const [ended] = await Promise.allSettled([make()]);
    if (isLast || isDead) return die();
    if (ended.status === "rejected") throw ended.reason;
    return ended.value;
  };
  const ports = Object.fromEntries(PORTS.map((name) => [name, callsThrough(on[name], through)]));
  return Promise.race([work({ ...on, ...ports }).then(() => true), died.promise]);
}

type Method = (...args: unknown[]) => unknown;
type Through = <T>(make: () => Promise<T>) => Promise<T>;

function callsThrough(port: object, through: Through): object {
  const methods = Object.entries(port).filter(([, method]) => typeof method === "function");
  return Object.fromEntries(
    methods.map(([name, method]: [string, Method]) => [
      name,
      LISTS.has(name)
        ? async function* list(...args: unknown[]) {
            await through(async () => undefined);
            yield* method(...args) as AsyncIterable<unknown>;
          }
        : (...args: unknown[]) => through(async () => method(...args)),
    ]),
  );
}
