import { z } from "zod";
import { SURFACE_NAMES, type SurfaceName } from "../http/surface-name.ts";

const actionSchema = z.union([
  z.strictObject({
    status: z.int().min(200).max(599),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ delayMs: z.int().min(0) }),
  z.strictObject({ reset: z.literal(true) }),
  z.strictObject({ resetAfter: z.literal(true) }),
  z.strictObject({ cutAfterBytes: z.int().min(0) }),
]);

const faultSchema = z.strictObject({
  surface: z.enum([...SURFACE_NAMES, "*"]),
  method: z.string().default("*"),
  pathPattern: z.string().refine(isPattern, "not a regular expression"),
  nth: z.int().min(1).default(1),
  times: z.int().min(1).default(1),
  action: actionSchema,
});

/** A list of faults as `POST /control/faults` takes it. */
export const faultsSchema = z.array(faultSchema);

/**
 * Misbehaviour asked for by a test: from the `nth` call that fits (1-based) on, `times` calls get
 * `action`. `pathPattern` is a regular expression over the path with its query as sent; `*` stands for
 * any surface or method. `status` answers instead of the surface, `delayMs` answers late, `reset`
 * breaks the connection without doing anything, `resetAfter` does what was asked and then breaks it, so that
 * nobody hears of it, `cutAfterBytes` breaks it after so many body bytes.
 */
export type Fault = z.output<typeof faultSchema>;

/** What happens to one call. */
export type FaultAction = Fault["action"];

/** The faults in force. Each counts the calls that fit it by itself; the first one due wins. */
export class FaultPlan {
  #armed: { fault: Fault; pattern: RegExp; seen: number }[] = [];

  /** Adds faults to those in force. */
  add(faults: readonly Fault[]): void {
    for (const fault of faults) {
      this.#armed.push({ fault, pattern: new RegExp(fault.pathPattern), seen: 0 });
    }
  }

  clear(): void {
    this.#armed = [];
  }

  /** Counts a call and says what to do to it; null means answer as usual. */
  take(call: { surface: SurfaceName; method: string; path: string }): FaultAction | null {
    let due: FaultAction | null = null;
    for (const armed of this.#armed) {
      const { surface, method, nth, times, action } = armed.fault;
      if (surface !== "*" && surface !== call.surface) continue;
      if (method !== "*" && method.toUpperCase() !== call.method) continue;
      if (!armed.pattern.test(call.path)) continue;
      armed.seen += 1;
      if (armed.seen >= nth && armed.seen < nth + times) due ??= action;
    }
    return due;
  }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
