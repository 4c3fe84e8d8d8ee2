import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";

/** Nothing is put aside but what was put there to be refused. */
export function unexplainedDeadLetters({ deadLetters, plantedMessages }: Evidence): Finding[] {
  const planted = new Set(plantedMessages);
  return deadLetters
    .filter(({ messageId }) => !planted.has(messageId))
    .map(({ queue, messageId, reason }) => ({
      count: "unexplainedDeadLetters",
      about: messageId,
      text: `lies in the dead letters of ${queue}: ${reason}`,
    }));
}
