import { z } from "zod";
import { callers, ticketQueues } from "./config-doors.ts";
import { AppError } from "./errors.ts";
import { count, flag, holidays, list, regions, timeZone } from "./setting-types.ts";
import { MANAGEMENT_URLS, STUDIO_REGIONS } from "./studio-hosts.ts";

/** Every setting of the application: its name, type and default. The only reader of the environment. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIB = 1024 * 1024;

const GROUPS = ["intake", "export", "delete", "upkeep"] as const;

/** The settings, one by one. Durations end in their unit. */
export const settingsSchema = z.object({
  /** The groups of functions that this app runs; apart, they can have identities of their own. */
  FUNCTION_GROUPS: list(GROUPS.join(",")).pipe(z.array(z.enum(GROUPS)).min(1)),
  /** Who issues callers' tokens, for whom, and where the issuer's keys are. */
  AUTH_ISSUER: z.url(),
  AUTH_AUDIENCE: z.string().min(1),
  AUTH_JWKS_URL: z.url({ protocol: /^https$/ }),
  /** The applications whose tokens count (their client ids); none listed means any in the tenant. */
  AUTH_CLIENTS: list(""),
  /** How far each caller reaches, as JSON (docs/deploy.md); unset, nobody reaches anything. */
  CALLERS: callers,
  /** Ticketing systems and their queues. */
  TICKET_QUEUES: ticketQueues,
  /** The accounts that hold packages and ledger. */
  STORAGE_BLOB_URL: z.url({ protocol: /^https$/ }),
  STORAGE_TABLE_URL: z.url({ protocol: /^https$/ }),
  /** Whether blocks go with their MD5, for Azurite from 3.36, which is slow without. TLS guards them anyway. */
  BLOCK_MD5: flag,
  /** Service Bus: a namespace reached with our identity, or a connection string (local broker). */
  ServiceBus__fullyQualifiedNamespace: z.string().optional(),
  ServiceBus: z.string().optional(),
  /** The client id of the user-assigned identity; none means the system-assigned one. */
  AZURE_CLIENT_ID: z.string().optional(),
  /** Azure Resource Manager. */
  ARM_URL: z.url({ protocol: /^https$/ }).default("https://management.azure.com"),
  /** The subscriptions in which workspaces are looked up by their id, with commas. */
  ARM_SUBSCRIPTIONS: list(""),
  /** Where free and guest workspaces may be; each host is one that may be called. */
  STUDIO_REGIONS: regions(STUDIO_REGIONS.join(",")),
  /** The management API of classic web services, by the names of `STUDIO_REGIONS`. */
  MANAGEMENT_URLS: regions(MANAGEMENT_URLS.join(",")),
  /** The vault that holds the tokens of free and guest workspaces: one of its own, without purge protection. */
  TOKEN_VAULT_URL: z.url({ protocol: /^https$/ }),
  /** The Key Vault with the key that signs receipts, which no purge may end, and the key's name (EC, P-256). */
  SIGNING_VAULT_URL: z.url({ protocol: /^https$/ }),
  SIGNING_KEY_NAME: z.string().min(1).default("receipts"),
  /** The hosts that workspace data may come from; loopback addresses only when allowed. */
  OUTBOUND_HOSTS: list("*.azureml.net,*.blob.core.windows.net"),
  /** Whether workspace data may come from this machine; for local use only. */
  ALLOW_LOOPBACK: flag,
  /** The key that turns submitter and idempotency key into a request id. */
  PSEUDONYM_KEY: z.string().min(8),
  /** How often the reconciler runs (NCRONTAB). */
  RECONCILE_SCHEDULE: z.string().default("0 * * * * *"),
  /** How often the backlog is measured (NCRONTAB). */
  MEASURE_SCHEDULE: z.string().default("0 */5 * * * *"),
  /** How long a claim on a slice holds without a sign of life. */
  LEASE_MS: count(60_000, 500, 600_000),
  /** At most half of `functionTimeout` in host.json. */
  STEP_MS: count(300_000, 1_000, 300_000),
  /** When the reconciler looks at an open request again. */
  LOOK_AFTER_MS: count(60_000, 500, 3_600_000),
  /** After how long without a sign of life a message counts as lost. */
  RESEND_AFTER_MS: count(600_000, 1_000, 86_400_000),
  /** After how long a blocked request looks whether it can go on. */
  BLOCKED_MS: count(DAY_MS, 1_000, 7 * DAY_MS),
  /** The size of the blocks of large blobs. */
  BLOCK_BYTES: count(4 * MIB, 64 * 1024, 64 * MIB),
  /** How many assets of a slice are exported at a time, and how much memory their blocks may take together. */
  SLICE_CONCURRENCY: count(32, 1, 100),
  SLICE_BUFFER_BYTES: count(16 * MIB, 128 * 1024, 1024 * MIB),
  /** Who hands packages over: named in their `bag-info.txt` where set. */
  ORGANIZATION_NAME: z.string().max(200).optional(),
  CONTACT_NAME: z.string().max(200).optional(),
  CONTACT_EMAIL: z.email().max(320).optional(),
  /** How long a sealed package is kept. */
  RETENTION_DAYS: count(30, 1, 3_650),
  /** How long links into a package work. */
  /** How long a package with data of a guest workspace is kept, and the personal data of requests that have ended. */
  GUEST_RETENTION_HOURS: z.coerce.number().positive().max(87_600).default(8),
  REQUEST_DATA_DAYS: count(30, 1, 3_650),
  /** How often packages are purged and statutory dates looked at (NCRONTAB). */
  PURGE_SCHEDULE: z.string().default("0 15 * * * *"),
  DEADLINE_SCHEDULE: z.string().default("0 5 * * * *"),
  /** The law of requests that name none; where the statutory clock runs, and its holidays as YYYY-MM-DD. */
  DEFAULT_LAW: z.enum(["gdpr", "ccpa"]).default("gdpr"),
  CLOCK_TIME_ZONE: timeZone("UTC"),
  CLOCK_HOLIDAYS: holidays(""),
  LINK_MINUTES: count(60, 1, 6 * 24 * 60),
  /** Whether calls are made that no client of the service made in public: for single assets, and free workspaces. */
  STUDIO_UNVERIFIED_CALLS: flag,
  STUDIO_FREE_WORKSPACE_DELETE: flag,
  /** What ARM lets a principal do in a subscription: so many calls at once, and so many more a second. */
  ARM_DELETE_CAPACITY: count(200, 1, 100_000),
  ARM_DELETE_REFILL_PER_SECOND: count(10, 1, 10_000),
  ARM_READ_CAPACITY: count(200, 1, 100_000),
  ARM_READ_REFILL_PER_SECOND: count(10, 1, 10_000),
  /** How long an approved deletion waits, so that it can be stopped. */
  GRACE_HOURS: z.coerce.number().min(0).max(8_760).default(24),
  /** How often, and after which first wait, a deletion is looked at before it counts as not done. */
  VERIFY_TRIES: count(8, 1, 100),
  VERIFY_BASE_MS: count(5_000, 1, 3_600_000),
  /** After how many hours a deletion is looked at once more. */
  SECOND_LOOK_HOURS: z.coerce.number().positive().max(8_760).default(24),
  /** Waits before a step is tried again: the first ceiling, the last, and how many tries there are. */
  RETRY_BASE_MS: count(1_000, 1, 60_000),
  RETRY_CAP_MS: count(900_000, 1, 3_600_000),
  RETRY_MAX_TRIES: count(30, 1, 1_000),
  /** Where traces and metrics go by OTLP over HTTP, such as `http://127.0.0.1:4318`. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** The Application Insights that traces and metrics go to; its key counts for nothing, the identity does. */
  APPLICATIONINSIGHTS_CONNECTION_STRING: z.string().optional(),
});

/** The settings in the shape that the code uses. */
export type Config = ReturnType<typeof toConfig>;

/**
 * Reads the settings. Throws one `validation-failed` that names every setting that is missing or wrong, and
 * never repeats a value.
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const parsed = settingsSchema.safeParse(env, { jitless: true });
  const findings = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    pointer: `/${path.join("/")}`,
    detail: message,
  }));
  if (!env["ServiceBus"] && !env["ServiceBus__fullyQualifiedNamespace"]) {
    findings.push({
      pointer: "/ServiceBus__fullyQualifiedNamespace",
      detail: "set this, or ServiceBus to a connection string",
    });
  }
  if (!parsed.success || findings.length > 0) {
    const wrong = findings
      .map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`)
      .join("; ");
    throw new AppError("validation-failed", `Settings are not valid: ${wrong}`, { findings });
  }
  return toConfig(parsed.data);
}

function toConfig(settings: z.infer<typeof settingsSchema>) {
  return {
    groups: settings.FUNCTION_GROUPS,
    auth: {
      issuer: settings.AUTH_ISSUER,
      audience: settings.AUTH_AUDIENCE,
      jwksUrl: settings.AUTH_JWKS_URL,
      clients: settings.AUTH_CLIENTS,
    },
    callers: settings.CALLERS,
    ticketQueues: settings.TICKET_QUEUES,
    storage: {
      blobUrl: settings.STORAGE_BLOB_URL,
      tableUrl: settings.STORAGE_TABLE_URL,
      withBlockMd5: settings.BLOCK_MD5 === "true",
    },
    serviceBus: {
      namespace: settings.ServiceBus__fullyQualifiedNamespace ?? null,
      connectionString: settings.ServiceBus ?? null,
    },
    clientId: settings.AZURE_CLIENT_ID ?? null,
    arm: { url: settings.ARM_URL, subscriptions: settings.ARM_SUBSCRIPTIONS },
    studioRegions: settings.STUDIO_REGIONS.map(({ name, url }) => ({ name, studioUrl: url })),
    managementUrls: managementUrls(settings),
    tokenVaultUrl: settings.TOKEN_VAULT_URL,
    signing: { vaultUrl: settings.SIGNING_VAULT_URL, keyName: settings.SIGNING_KEY_NAME },
    outbound: { hosts: settings.OUTBOUND_HOSTS, allowLoopback: settings.ALLOW_LOOPBACK === "true" },
    armLimits: {
      deletes: {
        capacity: settings.ARM_DELETE_CAPACITY,
        refillPerSecond: settings.ARM_DELETE_REFILL_PER_SECOND,
      },
      reads: {
        capacity: settings.ARM_READ_CAPACITY,
        refillPerSecond: settings.ARM_READ_REFILL_PER_SECOND,
      },
    },
    organization: {
      name: settings.ORGANIZATION_NAME ?? null,
      contactName: settings.CONTACT_NAME ?? null,
      contactEmail: settings.CONTACT_EMAIL ?? null,
    },
    erasure: {
      unverifiedCalls: settings.STUDIO_UNVERIFIED_CALLS === "true",
      freeWorkspaceDelete: settings.STUDIO_FREE_WORKSPACE_DELETE === "true",
    },
    pseudonymKey: settings.PSEUDONYM_KEY,
    reconcileSchedule: settings.RECONCILE_SCHEDULE,
    measureSchedule: settings.MEASURE_SCHEDULE,
    telemetry: {
      otlpEndpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
      connectionString: settings.APPLICATIONINSIGHTS_CONNECTION_STRING ?? null,
    },
    purgeSchedule: settings.PURGE_SCHEDULE,
    deadlineSchedule: settings.DEADLINE_SCHEDULE,
    statutory: {
      defaultLaw: settings.DEFAULT_LAW,
      calendar: { timeZone: settings.CLOCK_TIME_ZONE, holidays: new Set(settings.CLOCK_HOLIDAYS) },
    },
    pace: {
      leaseMs: settings.LEASE_MS,
      stepMs: settings.STEP_MS,
      lookAfterMs: settings.LOOK_AFTER_MS,
      resendAfterMs: settings.RESEND_AFTER_MS,
      blockedMs: settings.BLOCKED_MS,
      blockBytes: settings.BLOCK_BYTES,
      concurrency: settings.SLICE_CONCURRENCY,
      bufferBytes: settings.SLICE_BUFFER_BYTES,
      retentionMs: settings.RETENTION_DAYS * DAY_MS,
      guestRetentionMs: Math.round(settings.GUEST_RETENTION_HOURS * HOUR_MS),
      requestDataMs: settings.REQUEST_DATA_DAYS * DAY_MS,
      linkMs: settings.LINK_MINUTES * 60_000,
      backoff: {
        baseMs: settings.RETRY_BASE_MS,
        capMs: settings.RETRY_CAP_MS,
        maxTries: settings.RETRY_MAX_TRIES,
      },
      graceMs: Math.round(settings.GRACE_HOURS * HOUR_MS),
      verifyTries: settings.VERIFY_TRIES,
      verifyBaseMs: settings.VERIFY_BASE_MS,
      secondLookMs: Math.round(settings.SECOND_LOOK_HOURS * HOUR_MS),
    },
  };
}

/** The origins of the management API by those of the Studio API. */
function managementUrls({
  STUDIO_REGIONS: studio,
  MANAGEMENT_URLS: management,
}: z.infer<typeof settingsSchema>): ReadonlyMap<string, string> {
  return new Map(
    studio.flatMap(({ name, url }) =>
      management.filter((region) => region.name === name).map((region) => [url, region.url]),
    ),
  );
}
