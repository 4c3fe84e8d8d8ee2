import { z } from "zod";

/** What both sides do with a message, and what they tell when they have had all of a round. */

/** The body of a message: it is number `number` of the `of` messages of its round. */
export type Numbered = { readonly round: number; readonly number: number; readonly of: number };

const numberedSchema = z.object({ round: z.number(), number: z.number(), of: z.number() });

const PREFIX = "TALLY ";
const tallySchema = z.object({ round: z.number(), received: z.number() });

/** All messages of a round have come; `received` counts copies too. */
export type Tally = z.infer<typeof tallySchema>;

/** Takes messages, and prints a line when the last missing one of a round has come. */
export function createTally(): (message: unknown) => void {
  let numbers = new Set<number>();
  let [current, received] = [0, 0];
  return (message) => {
    const { round, number, of } = numberedSchema.parse(message);
    if (round !== current) [numbers, current, received] = [new Set(), round, 0];
    numbers.add(number);
    received += 1;
    if (numbers.size === of) console.log(PREFIX + JSON.stringify({ round, received }));
  };
}

/** The tally of such a line; undefined for another line. */
export function tallyOf(line: string): Tally | undefined {
  return line.startsWith(PREFIX)
    ? tallySchema.parse(JSON.parse(line.slice(PREFIX.length)))
    : undefined;
}
