import { z } from "zod";

/**
 * How Resource Manager throttles. `every-nth` refuses each n-th call; `bucket` keeps a bucket of tokens per
 * subscription for reads, writes and deletes each, as it does since 2024: 200 at the start, 10 more a second.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
export const throttleSchema = z.discriminatedUnion("mode", [
  z.strictObject({
    mode: z.literal("every-nth"),
    nth: z.int().min(1),
    retryAfterSeconds: z.int().min(0).default(1),
    retryAfterForm: z.enum(["seconds", "http-date"]).default("seconds"),
  }),
  z.strictObject({
    mode: z.literal("bucket"),
    capacity: z.int().min(1).default(200),
    refillPerSecond: z.number().positive().default(10),
    retryAfterForm: z.enum(["seconds", "http-date"]).default("seconds"),
  }),
]);

/** The throttle in force. */
export type Throttle = z.output<typeof throttleSchema>;
