import type { Clock, DeadLetters } from "../../../shared/pipeline/ports.ts";
import type { Delivery, MemoryBus } from "./bus.ts";

/** How long a letter that was taken is locked: as on the queues of the local broker. */
export const LOCK_MS = 10_000;

/** The dead letters of the bus in memory; what is taken is locked for a while. */
export function memoryDeadLetters(
  { deadLetters }: Pick<MemoryBus, "deadLetters">,
  clock: Clock,
): DeadLetters {
  const lockedUntilMs = new Map<Delivery, number>();
  const dropped = new Set<Delivery>();
  const nowMs = () => Date.parse(clock.now());
  const isLocked = (each: Delivery) => (lockedUntilMs.get(each) ?? 0) > nowMs();
  return {
    take: async (limit) => {
      const free = deadLetters.filter((each) => !isLocked(each) && !dropped.has(each));
      const queues = Map.groupBy(free, ({ queue }) => queue);
      const taken = [...queues.values()].flatMap((letters) => letters.slice(0, limit));
      return taken.map((each) => {
        const until = nowMs() + LOCK_MS;
        lockedUntilMs.set(each, until);
        const isHeld = () => lockedUntilMs.get(each) === until && isLocked(each);
        return {
          message: each.message,
          drop: async () => void (isHeld() && dropped.add(each)),
          keep: async () => void (isHeld() && lockedUntilMs.delete(each)),
        };
      });
    },
  };
}
