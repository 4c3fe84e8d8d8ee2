import type { OpenSlice } from "../../../shared/core/slice.ts";
import type { Stored } from "../../../shared/pipeline/ports.ts";
import type { Rewiring } from "../simulation/variant.ts";

/** Variants that are wrong about slices: who holds one, and which is the last. */

/** Nobody sees a lease, and writes and calls of a worker are taken whoever holds the slice by then. */
export const noFencing: Rewiring = () => (stage) => {
  const { slices, intents, eraser } = stage;
  const free = (stored: Stored<OpenSlice>) => ({
    ...stored,
    value: { ...stored.value, leaseUntil: null },
  });
  const current = async (requestId: string, sliceId: string, version: string) =>
    (await slices.load(requestId, sliceId))?.version ?? version;
  return {
    ...stage,
    slices: new Proxy(slices, {
      get: (target, key) => {
        if (key === "open") {
          const open: typeof slices.open = async (...query) =>
            (await slices.open(...query)).map(free);
          return open;
        }
        if (key === "save") {
          const save: typeof slices.save = async (requestId, slice, version, owed) =>
            slices.save(requestId, slice, await current(requestId, slice.sliceId, version), owed);
          return save;
        }
        if (key === "settle") {
          const settle: typeof slices.settle = async (requestId, done, version) =>
            slices.settle(requestId, done, await current(requestId, done.sliceId, version));
          return settle;
        }
        return Reflect.get(target, key);
      },
    }),
    intents: new Proxy(intents, {
      get: (target, key) => {
        if (key !== "save") return Reflect.get(target, key);
        const save: typeof intents.save = async (requestId, intent, version) => {
          const stored = await intents.load(requestId, intent.key);
          return intents.save(requestId, intent, stored?.version ?? version);
        };
        return save;
      },
    }),
    eraser: new Proxy(eraser, {
      get: (target, key) => {
        if (key !== "erase") return Reflect.get(target, key);
        const erase: typeof eraser.erase = (workspace, asset, beforeCall) =>
          eraser.erase(workspace, asset, () => despite(beforeCall));
        return erase;
      },
    }),
  };
};

function despite(refusal: () => void): void {
  try {
    refusal();
  } catch {
    // Nobody listens to it.
  }
}

/** Whether a slice is the last is told by a counter that is kept beside the slices. */
export const counterJoin: Rewiring = () => {
  const left = new Map<string, number>();
  const phaseOf = (requestId: string, id: string) => `${requestId} ${id.slice(0, 7)}`;
  const count = (key: string, by: number) => left.set(key, (left.get(key) ?? 0) + by);
  return (stage) => {
    const { slices } = stage;
    return {
      ...stage,
      slices: new Proxy(slices, {
        get: (target, key) => {
          if (key === "add") {
            const add: typeof slices.add = async (requestId, added) => {
              await slices.add(requestId, added);
              for (const { sliceId } of added) count(phaseOf(requestId, sliceId), 1);
            };
            return add;
          }
          if (key === "settle") {
            const settle: typeof slices.settle = async (requestId, done, version) => {
              await slices.settle(requestId, done, version);
              // The counter is a row of its own, which is read and then written.
              const phase = phaseOf(requestId, done.sliceId);
              const before = left.get(phase) ?? 0;
              await stage.controls.read();
              left.set(phase, before - 1);
            };
            return settle;
          }
          if (key === "open") {
            const open: typeof slices.open = async (requestId, prefix, after, limit) => {
              if (limit > 1) return slices.open(requestId, prefix, after, limit);
              const isOpen = (left.get(phaseOf(requestId, prefix)) ?? 0) !== 0;
              const [any] = await slices.open(requestId, "", "", 1);
              return isOpen ? [any ?? (STANDS_FOR_ONE as never)] : [];
            };
            return open;
          }
          return Reflect.get(target, key);
        },
      }),
    };
  };
};
const STANDS_FOR_ONE = {};
