import type { z } from "zod";
import { BrokerError } from "../model/broker-error.ts";

/** Reads the body of a management request; throws `invalid-request` with the fields at fault. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join("."));
    throw new BrokerError("invalid-request", `Invalid in the request: ${fields.join(", ")}.`);
  }
  return parsed.data;
}
