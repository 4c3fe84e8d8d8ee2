import type { Clock } from "../pipeline/ports.ts";

/** The clock of this machine. */
export const systemClock: Clock = { now: () => new Date().toISOString() };
