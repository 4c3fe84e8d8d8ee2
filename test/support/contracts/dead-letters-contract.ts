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

    const letters = await deadLetters.take(10);

    const taken = new Map(letters.map(({ message }) => [message.step, message]));
    expect(letters).toHaveLength(4);
    expect(messages.map(({ step }) => taken.get(step))).toEqual(messages);
    await dropped(letters);
  });

  it("give no more than the limit of a queue, the oldest first, and the rest to the next", async () => {
    const { deadLetters, giveUpOn } = make();
    const messages = [1, 2, 3].map((attempt) => sampleMessage(newRequestId(), { attempt }));
    for (const message of messages) await giveUpOn(message);

    const first = await deadLetters.take(2);
    const second = await deadLetters.take(2);

    expect(attemptsOf([...first, ...second])).toEqual([1, 2, 3]);
    expect(first).toHaveLength(2);
    await dropped([...first, ...second]);
  });

  it("give a letter to one caller at a time", async () => {
    const { deadLetters, giveUpOn } = make();
    for (const attempt of [1, 2]) await giveUpOn(sampleMessage(newRequestId(), { attempt }));

    const takers = await Promise.all([deadLetters.take(10), deadLetters.take(10)]);

    expect(new Set(attemptsOf(takers.flat()))).toEqual(new Set([1, 2]));
    expect(takers.flat()).toHaveLength(2);
    await dropped(takers.flat());
  });

  it("are gone when they are dropped, and come again when they are kept", async () => {
    const { deadLetters, giveUpOn } = make();
    for (const attempt of [1, 2]) await giveUpOn(sampleMessage(newRequestId(), { attempt }));
    const [one, two] = await deadLetters.take(10);

    await one?.drop();
    await two?.keep();

    const again = await deadLetters.take(10);
    expect(attemptsOf(again)).toEqual([2]);
    await dropped(again);
    expect(await deadLetters.take(10)).toEqual([]);
  });

  it("come again when their lock is over, and who settles them then does no harm", async () => {
    const { deadLetters, giveUpOn, locksEnd } = make();
    for (const attempt of [1, 2]) await giveUpOn(sampleMessage(newRequestId(), { attempt }));
    const [one, two] = await deadLetters.take(10);
    await locksEnd();

    await one?.drop();
    await two?.keep();

    const again = await deadLetters.take(10);
    expect(attemptsOf(again)).toEqual([1, 2]);
    await dropped(again);
  });
}

function attemptsOf(letters: readonly DeadLetter[]): number[] {
  return letters.map(({ message }) => message.attempt);
}

async function dropped(letters: readonly DeadLetter[]): Promise<void> {
  for (const letter of letters) await letter.drop();
}
