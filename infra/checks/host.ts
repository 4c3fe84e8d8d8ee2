import { z } from "zod";
import { jsonOf, type Sources } from "./sources.ts";

/** `host.json` as the design needs it. */

/** A function may run for ten minutes; its message stays locked for longer than that. */
const hostSchema = z.object({
  version: z.literal("2.0"),
  telemetryMode: z.literal("OpenTelemetry"),
  functionTimeout: z.literal("00:10:00", "STEP_MS is at most half of it"),
  extensionBundle: z.object({
    id: z.literal("Microsoft.Azure.Functions.ExtensionBundle"),
    version: z.literal("[4.*, 5.0.0)"),
  }),
  extensions: z.object({
    http: z.object({
      routePrefix: z.literal("", "routes begin with api/ or .well-known/ themselves"),
    }),
    serviceBus: z.object({
      autoCompleteMessages: z.literal(
        true,
        "returning completes a message, throwing gives it back",
      ),
      maxConcurrentCalls: z.int().min(1).max(16),
      prefetchCount: z.literal(0, "a lock is not renewed while its message waits in the cache"),
      maxAutoLockRenewalDuration: z.literal("00:12:00", "longer than functionTimeout"),
      maxMessageBatchSize: z.literal(1, "locks of batches are not renewed"),
    }),
  }),
  concurrency: z
    .object({ dynamicConcurrencyEnabled: z.literal(false, "it ignores maxConcurrentCalls") })
    .optional(),
});

/** Every value of `host.json` that the design does not allow, and why. */
export function hostProblems(sources: Sources): string[] {
  const result = hostSchema.safeParse(jsonOf(sources, "host.json"));
  return (result.error?.issues ?? []).map(
    ({ path, message }) => `host.json: ${path.join(".")}: ${message}`,
  );
}
