import type { DeadLetter } from "../../../shared/core/wire.ts";
import { AppError } from "../../../shared/errors.ts";
import type { DeadLetterQueues } from "../../../shared/pipeline/ports.ts";

/** Dead letters in memory. What is replayed or discarded is gone from them. */
export function memoryDeadLetterQueues(letters: readonly DeadLetter[] = []): DeadLetterQueues {
  const left = [...letters];
  const take = async (queue: string, number: string) => {
    const at = left.findIndex((letter) => letter.queue === queue && letter.number === number);
    if (at === -1) throw new AppError("not-found", "There is no such dead letter");
    left.splice(at, 1);
  };
  return {
    list: async ({ queue, limit }) =>
      left.filter((letter) => queue === undefined || letter.queue === queue).slice(0, limit),
    replay: take,
    discard: take,
  };
}
