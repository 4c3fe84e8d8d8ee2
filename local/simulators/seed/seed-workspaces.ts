import { BULK_WORKSPACE } from "./bulk-workspace.ts";
import { CONTOSO_WORKSPACE } from "./contoso-workspace.ts";
import { FREE_WORKSPACES } from "./free-workspaces.ts";
import { GUEST_WORKSPACES } from "./guest-workspaces.ts";
import { PAID_WORKSPACES } from "./paid-workspaces.ts";
import type { SeedTime, SeedWorkspace } from "./seed-types.ts";

/** Every workspace that exists when the simulators start. */
export const SEED_WORKSPACES: readonly SeedWorkspace[] = [
  ...GUEST_WORKSPACES,
  ...FREE_WORKSPACES,
  CONTOSO_WORKSPACE,
  ...PAID_WORKSPACES,
  BULK_WORKSPACE,
];

/** A seed time in milliseconds since 1970. Throws `RangeError` for text that is no time. */
export function seedTimeMs(time: SeedTime, startedAtMs: number): number {
  const relative = /^now-(?:(\d+)h)?(?:(\d+)m)?$/.exec(time);
  if (relative !== null) {
    const [, hours = "0", minutes = "0"] = relative;
    return startedAtMs - (Number(hours) * 60 + Number(minutes)) * 60_000;
  }
  const timeMs = Date.parse(time);
  if (Number.isNaN(timeMs)) throw new RangeError(`"${time}" is no seed time.`);
  return timeMs;
}
