import type { TicketRejected } from "../../../shared/core/ticket.ts";
import type { Letter, Post } from "../../../shared/pipeline/ports.ts";

/** What the ticketing door sent: each id once, in order. */
export interface MemoryPost extends Post {
  readonly letters: readonly Letter[];
  readonly rejections: readonly TicketRejected[];
}

/** The post in memory; it drops what has an id it saw before, as the broker does. */
export function memoryPost(): MemoryPost {
  const letters: Letter[] = [];
  const rejections: TicketRejected[] = [];
  return {
    letters,
    rejections,
    post: async (letter) => {
      const isKnown = letters.some(({ queue, id }) => queue === letter.queue && id === letter.id);
      if (!isKnown) letters.push(structuredClone(letter));
    },
    reject: async (event) => {
      if (!rejections.some(({ id }) => id === event.id)) rejections.push(structuredClone(event));
    },
  };
}
