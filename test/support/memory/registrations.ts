import { AppError } from "../../../shared/errors.ts";
import type { WorkspaceDoor, WorkspaceFacts } from "../../../shared/pipeline/ports.ts";
import type { RegistrationStage } from "../../../shared/pipeline/registrations.ts";
import { lineTelemetry } from "../../../shared/telemetry.ts";
import { type MemoryClock, memoryClock } from "./clock.ts";
import { type MemoryVault, memoryTokenVault } from "./token-vault.ts";
import { type MemoryRegistry, memoryWorkspaceRegistry } from "./workspace-registry.ts";

/** What registering needs, in memory; a service that a token opens. */
export type MemoryRegistrations = RegistrationStage & {
  readonly registry: MemoryRegistry;
  readonly vault: MemoryVault;
  readonly clock: MemoryClock;
  /** The tokens that open workspaces, with what each then shows. */
  readonly doors: Map<string, WorkspaceFacts>;
  /** Where the service was asked, with what. */
  readonly asked: WorkspaceDoor[];
  readonly lines: string[];
};

export const FREE_ID = "aac8fa11a24583e8d5665ffef9c54d04";
export const FREE_TOKEN = "a-token-that-opens-the-free-workspace";
export const OTHER_FREE_TOKEN = "another-token-of-the-free-workspace";
export const GUEST_TOKEN = "a-token-that-opens-the-guest-workspace";
export const PAID_TOKEN = "a-token-that-opens-the-paid-workspace";

/** A stage without registrations, and one region. */
export function memoryRegistrations(): MemoryRegistrations {
  const clock = memoryClock();
  const lines: string[] = [];
  const asked: WorkspaceDoor[] = [];
  const createdAt = clock.now();
  const free = { name: "Free-Workspace", accountType: "free", createdAt } as const;
  const doors = new Map<string, WorkspaceFacts>([
    [FREE_TOKEN, free],
    [OTHER_FREE_TOKEN, free],
    [GUEST_TOKEN, { name: "Guest-Workspace", accountType: "guest", createdAt }],
    [PAID_TOKEN, { name: "contoso-churn", accountType: "standard", createdAt }],
  ]);
  return {
    registry: memoryWorkspaceRegistry(),
    vault: memoryTokenVault(),
    probe: {
      look: async (door) => {
        asked.push(door);
        const facts = doors.get(door.token);
        if (facts !== undefined) return facts;
        throw new AppError("workspace-denied", "The source answered 401 (UserError)");
      },
    },
    regions: [
      { name: "southcentralus", studioUrl: "https://studioapi.region.invalid" },
      { name: "westeurope", studioUrl: "https://europewest.studioapi.region.invalid" },
    ],
    clock,
    telemetry: lineTelemetry(
      (line) => lines.push(line),
      () => clock.now(),
    ),
    doors,
    asked,
    lines,
  };
}
