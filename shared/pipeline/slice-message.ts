import type { OpenSlice } from "../core/slice.ts";
import type { Owed } from "./ports.ts";

/** The message that a slice owes under its present attempt, not to be delivered before its time. */
export function sliceMessage(
  requestId: string,
  { sliceId, attempt }: OpenSlice,
  notBefore: string | null,
  step: "export" | "delete" = "export",
): Owed {
  const message = { requestId, step, slice: sliceId, attempt } as const;
  return { key: `${sliceId}-${attempt}`, send: [{ message, notBefore }], events: [] };
}
