import { AsyncLocalStorage } from "node:async_hooks";
import { isCode } from "../errors.ts";

/** An item that waits for its group; `inItsTrace` runs something where the item came from. */
type Waiting<Item> = {
  readonly item: Item;
  readonly done: PromiseWithResolvers<void>;
  readonly inItsTrace: <T>(run: () => T) => T;
};

type Work<Item> = (items: readonly Item[]) => Promise<void>;

/**
 * Does work on items together: what comes while a group is worked on waits, and makes the next group, of
 * `most` items at most; an item that comes alone does not wait. The returned function resolves when the
 * item's group is done. While the other side is away a group fails as a whole; when it fails for another
 * reason each item is tried by itself, so that none fails for its neighbour.
 */
export function inGroups<Item>(most: number, work: Work<Item>): (item: Item) => Promise<void> {
  const waiting: Waiting<Item>[] = [];
  let isBusy = false;
  const workOff = async () => {
    isBusy = true;
    while (waiting.length > 0) await settle(waiting.splice(0, most), work);
    isBusy = false;
  };
  return (item) => {
    const done = Promise.withResolvers<void>();
    waiting.push({ item, done, inItsTrace: AsyncLocalStorage.snapshot() });
    if (!isBusy) void workOff();
    return done.promise;
  };
}

/** Never rejects: what goes wrong is for those who wait. */
async function settle<Item>(group: readonly Waiting<Item>[], work: Work<Item>): Promise<void> {
  try {
    await group[0]?.inItsTrace(() => work(group.map(({ item }) => item)));
    for (const { done } of group) done.resolve();
  } catch (error) {
    const isAway = isCode(error, "bus-unavailable") || isCode(error, "store-unavailable");
    if (isAway || group.length === 1) for (const { done } of group) done.reject(error);
    else for (const one of group) await settle([one], work);
  }
}
