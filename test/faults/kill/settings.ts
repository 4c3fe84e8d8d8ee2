import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Settings } from "../../../local/stack/settings.ts";

const HOUR_MS = 3_600_000;
/** How long packages are kept: those of guest workspaces for as long as a loaded machine needs to fetch them. */
export const RETENTION_MS = 24 * HOUR_MS;
export const GUEST_RETENTION_MS = 600_000;

/** How the app is set for a run: everything that waits waits shortly, so that many faults fit into an hour. */
export const SHORT_TIMES: Settings = {
  GRACE_HOURS: "0",
  LEASE_MS: "3000",
  LOOK_AFTER_MS: "4000",
  RESEND_AFTER_MS: "10000",
  BLOCKED_MS: "2000",
  RECONCILE_SCHEDULE: "*/2 * * * * *",
  PURGE_SCHEDULE: "*/20 * * * * *",
  VERIFY_BASE_MS: "200",
  RETRY_BASE_MS: "100",
  RETRY_CAP_MS: "3000",
  RETRY_MAX_TRIES: "100",
  // Packages of guest workspaces are purged while the run goes on.
  GUEST_RETENTION_HOURS: String(GUEST_RETENTION_MS / HOUR_MS),
  RETENTION_DAYS: String(RETENTION_MS / HOUR_MS / 24),
  STUDIO_UNVERIFIED_CALLS: "true",
  STUDIO_FREE_WORKSPACE_DELETE: "true",
  ARM_DELETE_CAPACITY: "10000",
  ARM_DELETE_REFILL_PER_SECOND: "1000",
  ARM_READ_CAPACITY: "10000",
  ARM_READ_REFILL_PER_SECOND: "1000",
};

/** The services that the settings above count on. */
export const SWITCHES = { freeWorkspaceDelete: "204", unverifiedCalls: true } as const;

/** Shorter than the five minutes before its end from which on a client gets another one, plus half a minute. */
export const TOKEN_SECONDS = 330;

/** The broker's entities as the stack has them, with the shortest lock that Service Bus allows. */
export async function brokerConfig(folder: string): Promise<string> {
  const ours = fileURLToPath(new URL("../../../local/service-bus/config.json", import.meta.url));
  const text = (await readFile(ours, "utf8")).replaceAll('"PT10S"', '"PT5S"');
  const file = join(folder, "broker.json");
  await writeFile(file, text);
  return file;
}
