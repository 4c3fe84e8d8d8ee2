import { z } from "zod";

/** What Operators set for all deletions at once. */

/** `hourlyCap` limits the destructive calls that begin within an hour of the clock; null means no limit. */
export const deletionControlsSchema = z.object({
  stopped: z.boolean(),
  hourlyCap: z.int().nonnegative().max(1_000_000).nullable(),
  updatedAt: z.string().nullable(),
  updatedBy: z.string().nullable(),
});
export type DeletionControls = z.infer<typeof deletionControlsSchema>;

/** As long as nobody has set anything. */
export const DEFAULT_CONTROLS: DeletionControls = {
  stopped: false,
  hourlyCap: null,
  updatedAt: null,
  updatedBy: null,
};

/** The hour of an instant (`2026-01-15T08`), which names the count of its deletions. */
export function hourOf(at: string): string {
  return at.slice(0, 13);
}

/** Milliseconds from an instant to the next full hour, at least one. */
export function msToNextHour(at: string): number {
  const hourMs = 3_600_000;
  return hourMs - (Date.parse(at) % hourMs);
}
