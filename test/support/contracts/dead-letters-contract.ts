import { expect, it } from "vitest";
import type { Message } from "../../../shared/core/messages.ts";
import type { DeadLetter, DeadLetters } from "../../../shared/pipeline/ports.ts";
import { newRequestId, sampleMessage } from "./samples.ts";

/** Dead letters, and the other end of them. */
export type DeadLettersUnderTest = {
  readonly deadLetters: DeadLetters;
  /** Sends a message and delivers it until the broker gives up on it. */
  readonly giveUpOn: (message: Message) => Promise<void>;
  /** Lets the time of every lock pass. */
  readonly locksEnd: () => Promise<void>;
};

/** States what all dead letters promise. `make` gives queues without any. */
export function deadLettersContract(make: () => DeadLettersUnderTest): void {
  it("are none at first", async () => {
    expect(await make().deadLetters.take(10)).toEqual([]);
  });

  it("give out what was delivered too often, of every queue, with its pointer", async () => {
    const { deadLetters, giveUpOn } = make();
    const messages = (["plan", "export", "seal", "delete"] as const).map((step) =>
      sampleMessage(newRequestId(), { step, attempt: 3 }),
    );
    for (const message of messages) await giveUpOn(message);

    const letters = (await taken(4, () => deadLetters.take(10))).flat();

    const byStep = new Map(letters.map(({ message }) => [message.step, message]));
    expect(letters).toHaveLength(4);
    expect(messages.map(({ step }) => byStep.get(step))).toEqual(messages);
    await dropped(letters);
  });

  it("give no more than the limit of a queue, the oldest first, and the rest to the next", async () => {
    const { deadLetters, giveUpOn } = make();
    const messages = [1, 2, 3].map((attempt) => sampleMessage(newRequestId(), { attempt }));
    for (const message of messages) await giveUpOn(message);

    const batches = await taken(3, () => deadLetters.take(2));

    expect(attemptsOf(batches.flat())).toEqual([1, 2, 3]);
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(2);
    await dropped(batches.flat());
  });

  it("give a letter to one caller at a time", async () => {
    const { deadLetters, giveUpOn } = make();
    for (const attempt of [1, 2]) await giveUpOn(sampleMessage(newRequestId(), { attempt }));

    const both = () => Promise.all([deadLetters.take(10), deadLetters.take(10)]);
    const letters = (await taken(2, async () => (await both()).flat())).flat();

    expect(new Set(attemptsOf(letters))).toEqual(new Set([1, 2]));
    expect(letters).toHaveLength(2);
    await dropped(letters);
  });

  it("are gone when they are dropped, and come again when they are kept", async () => {
    const { deadLetters, giveUpOn } = make();
    for (const attempt of [1, 2]) await giveUpOn(sampleMessage(newRequestId(), { attempt }));
    const [one, two] = (await taken(2, () => deadLetters.take(10))).flat();

    await one?.drop();
    await two?.keep();

    const again = (await taken(1, () => deadLetters.take(10))).flat();
    expect(attemptsOf(again)).toEqual([2]);
    await dropped(again);
    expect(await deadLetters.take(10)).toEqual([]);
  });

  it("come again when their lock is over, and who settles them then does no harm", async () => {
    const { deadLetters, giveUpOn, locksEnd } = make();
    for (const attempt of [1, 2]) await giveUpOn(sampleMessage(newRequestId(), { attempt }));
    const [one, two] = (await taken(2, () => deadLetters.take(10))).flat();
    await locksEnd();

    await one?.drop();
    await two?.keep();

    const again = (await taken(2, () => deadLetters.take(10))).flat();
    expect(attemptsOf(again)).toEqual([1, 2]);
    await dropped(again);
  });
}

/** Takes until there are so many: letters may come a moment later than they are asked for. */
async function taken(
  count: number,
  take: () => Promise<readonly DeadLetter[]>,
): Promise<(readonly DeadLetter[])[]> {
  const batches: (readonly DeadLetter[])[] = [];
  while (batches.flat().length < count) batches.push(await take());
  return batches;
}

function attemptsOf(letters: readonly DeadLetter[]): number[] {
  return letters.map(({ message }) => message.attempt);
}

async function dropped(letters: readonly DeadLetter[]): Promise<void> {
  for (const letter of letters) await letter.drop();
}
