import { describe, expect, it } from "vitest";
import { inGroups } from "../../../shared/adapters/in-groups.ts";
import { AppError } from "../../../shared/errors.ts";

/** Work that ends when it is told to; `groups` is what came, group by group. */
function heldWork(most: number) {
  const groups: (readonly string[])[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const add = inGroups<string>(most, async (items) => {
    groups.push(items);
    const end = Promise.withResolvers<void>();
    ends.push(end);
    await end.promise;
  });
  /** Ends the oldest group that is under way, with this error where there is one. */
  const end = (error?: Error) => {
    const oldest = ends.shift();
    if (error === undefined) oldest?.resolve();
    else oldest?.reject(error);
  };
  return { add, groups, end };
}

/** Lets everything run that waits for nothing but its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("work in groups", () => {
  it("begins at once for one that comes alone, and takes all who waited next, in order", async () => {
    const { add, groups, end } = heldWork(2);

    const done = Promise.all(["a", "b", "c", "d"].map(add));
    expect(groups).toEqual([["a"]]);
    for (let left = 3; left > 0; left -= 1) {
      end();
      await turn();
    }
    await done;

    expect(groups).toEqual([["a"], ["b", "c"], ["d"]]);
  });

  it("is over for all of a group at the same time, and not before", async () => {
    const { add, end } = heldWork(10);
    const over: string[] = [];

    const done = Promise.all(["a", "b", "c"].map((item) => add(item).then(() => over.push(item))));
    end();
    await turn();
    expect(over).toEqual(["a"]);
    end();
    await done;

    expect(over).toEqual(["a", "b", "c"]);
  });

  it("fails for a whole group while the other side is away, and goes on", async () => {
    const { add, groups, end } = heldWork(10);
    const away = new AppError("bus-unavailable", "away");

    const outcomes = Promise.allSettled(["a", "b", "c"].map(add));
    end();
    await turn();
    end(away);
    const [a, b, c] = await outcomes;
    const later = add("d");
    end();
    await later;

    expect([a?.status, b, c]).toEqual([
      "fulfilled",
      { status: "rejected", reason: away },
      { status: "rejected", reason: away },
    ]);
    expect(groups.at(-1)).toEqual(["d"]);
  });

  it("tries each by itself when one of a group is to blame, so that the others are done", async () => {
    const add = inGroups<string>(10, async (items) => {
      await turn();
      if (items.includes("bad")) throw new AppError("internal", "too large");
    });

    const outcomes = await Promise.allSettled(["a", "b", "bad", "c"].map(add));

    expect(outcomes.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
  });
});
