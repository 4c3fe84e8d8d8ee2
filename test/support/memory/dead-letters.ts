import type { DeadLetters } from "../../../shared/pipeline/ports.ts";
import type { Delivery, MemoryBus } from "./bus.ts";

/** The dead letters of the bus in memory; what is taken is locked until it is dropped or kept. */
export function memoryDeadLetters({ deadLetters }: Pick<MemoryBus, "deadLetters">): DeadLetters {
  const locked = new Set<Delivery>();
  const dropped = new Set<Delivery>();
  return {
    take: async (limit) => {
      const free = deadLetters.filter((each) => !locked.has(each) && !dropped.has(each));
      return free.slice(0, limit).map((each) => {
        locked.add(each);
        return {
          message: each.message,
          drop: async () => {
            locked.delete(each);
            dropped.add(each);
          },
          keep: async () => void locked.delete(each),
        };
      });
    },
  };
}
