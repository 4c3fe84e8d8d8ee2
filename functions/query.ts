import type { HttpRequest } from "@azure/functions";
import type { z } from "zod";
import { findingsOf } from "../shared/core/findings.ts";
import { AppError } from "../shared/errors.ts";

/** The query of an address in that shape. Throws `validation-failed` with every finding; none repeats a value. */
export function readQuery<T>(request: HttpRequest, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(Object.fromEntries(request.query));
  if (parsed.success) return parsed.data;
  throw new AppError("validation-failed", "The address asks for something that there is not", {
    findings: findingsOf(parsed.error),
  });
}
