import { metrics } from "@opentelemetry/api";

/** The metric's name. */
export const MESSAGE_AGE = "studio_dsr.message.age";

/**
 * Records how long a message was ready before it was taken, in seconds. `enqueuedAt` is as the host tells it, in UTC
 * with or without a zone; anything else is left out.
 */
export function recordMessageAge(queue: string, enqueuedAt: unknown, nowMs: number): void {
  if (typeof enqueuedAt !== "string") return;
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/.test(enqueuedAt);
  const ageMs = nowMs - Date.parse(hasZone ? enqueuedAt : `${enqueuedAt}Z`);
  if (Number.isNaN(ageMs)) return;
  metrics
    .getMeter("studio-dsr")
    .createHistogram(MESSAGE_AGE, { unit: "s" })
    .record(Math.max(0, ageMs) / 1000, { "messaging.destination.name": queue });
}
