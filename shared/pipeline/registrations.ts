import type { Registration } from "../core/registration.ts";
import type { StudioRegion } from "../core/studio-region.ts";
import { AppError, isCode } from "../errors.ts";
import type { Telemetry } from "../telemetry.ts";
import type { Clock, Stored, TokenVault, WorkspaceProbe, WorkspaceRegistry } from "./ports.ts";

/** What registering a workspace needs. */
export type RegistrationStage = {
  readonly registry: WorkspaceRegistry;
  readonly vault: TokenVault;
  readonly probe: WorkspaceProbe;
  readonly regions: readonly StudioRegion[];
  readonly clock: Clock;
  readonly telemetry: Telemetry;
};

const MAX_TRIES = 5;

/** Does it again from the start when somebody else changed the record meanwhile; five times at most. */
export async function despiteConflicts<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isCode(error, "store-conflict") || tries === MAX_TRIES) throw error;
    }
  }
}

/**
 * Purges the secrets that a record names as stale, then clears them from it, or removes the record where no
 * registration is left. When somebody else has changed the record by then, they go on from the same names.
 */
export async function purgeStale(
  { registry, vault }: Pick<RegistrationStage, "registry" | "vault">,
  { value, version }: Stored<Registration>,
): Promise<void> {
  for (const secretName of value.stale) await vault.purge(secretName);
  try {
    if (value.secretName === null) await registry.remove(value.workspaceId, version);
    else if (value.stale.length > 0) await registry.save({ ...value, stale: [] }, version);
  } catch (error) {
    if (!isCode(error, "store-conflict")) throw error;
  }
}

/** The error for a registration that is not there, or that the caller may not know of. */
export function noSuchRegistration(): AppError {
  return new AppError("not-found", "There is no registered workspace with this id");
}
