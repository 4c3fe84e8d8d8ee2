import { z } from "zod";
import { callersSchema } from "./core/reach.ts";
import { AppError } from "./errors.ts";

/** Every setting of the application: its name, type and default. The only reader of the environment. */

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== ""),
    );
const count = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const flag = z.enum(["true", "false"]).default("false");

/** `name=https://host` pairs, as region names without blanks in lower case, and origins. */
const regions = (fallback: string) =>
  list(fallback).transform((items, context) =>
    items.map((item) => {
      const [name = "", address = ""] = item.split("=").map((part) => part.trim());
      const url = URL.parse(address);
      const isOrigin = url?.protocol === "https:" && url.href === `${url.origin}/`;
      if (!/^[a-z0-9]+$/.test(name) || !isOrigin) {
        context.addIssue({ code: "custom", message: "must be name=https://host, with commas" });
      }
      return { name, studioUrl: url?.origin ?? "" };
    }),
  );

/**
 * The regions of Studio (classic) and where its API is in each
 * (https://github.com/hning86/azuremlps, code/AzureMLSDK.cs).
 */
const STUDIO_REGIONS = [
  "southcentralus=https://studioapi.azureml.net",
  "westeurope=https://europewest.studioapi.azureml.net",
  "southeastasia=https://asiasoutheast.studioapi.azureml.net",
  "japaneast=https://japaneast.studioapi.azureml.net",
  "westcentralus=https://uswestcentral.studioapi.azureml.net",
  "germanycentral=https://germanycentral.studioapi.azureml.de",
];

/** `name:queue` pairs: a ticketing system, and the queue in which it alone speaks. */
const ticketQueues = list("tickets:privacy-requests").transform((items, context) =>
  items.map((item) => {
    const [, source, queue] = /^([a-z0-9-]{1,40}):([a-z0-9-]{1,100})$/.exec(item) ?? [];
    if (source === undefined || queue === undefined || source === "http") {
      context.addIssue({ code: "custom", message: "must be name:queue, with commas" });
    }
    return { source: source ?? "", queue: queue ?? "" };
  }),
);

/** The table of callers, as JSON. */
const callers = z
  .string()
  .optional()
  .transform((text, context) => {
    if (text === undefined || text === "") return null;
    try {
      const parsed = callersSchema.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
    } catch {
      // What is no JSON is told below, as what has another form is.
    }
    context.addIssue({ code: "custom", message: "must be a table of callers as JSON" });
    return null;
  });

const GROUPS = ["intake", "export", "upkeep"] as const;

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
  /** How far each caller reaches; unset, nobody is held back. */
  CALLERS: callers,
  /** Ticketing systems and their queues. */
  TICKET_QUEUES: ticketQueues,
  /** The accounts that hold packages and ledger. */
  STORAGE_BLOB_URL: z.url({ protocol: /^https$/ }),
  STORAGE_TABLE_URL: z.url({ protocol: /^https$/ }),
  /** Service Bus: a namespace reached with our identity, or a connection string (local broker). */
  ServiceBus__fullyQualifiedNamespace: z.string().optional(),
  ServiceBus: z.string().optional(),
  /** The client id of the user-assigned identity; none means the system-assigned one. */
  AZURE_CLIENT_ID: z.string().optional(),
  /** Azure Resource Manager, and the subscriptions in which workspaces are looked up by their id. */
  ARM_URL: z.url({ protocol: /^https$/ }).default("https://management.azure.com"),
  ARM_SUBSCRIPTIONS: list(""),
  /** Where free and guest workspaces may be; each host is one that may be called. */
  STUDIO_REGIONS: regions(STUDIO_REGIONS.join(",")),
  /** The vault that holds the tokens of free and guest workspaces: one of its own, without purge protection. */
  TOKEN_VAULT_URL: z.url({ protocol: /^https$/ }),
  /** The hosts that workspace data may come from; loopback addresses only when allowed. */
  OUTBOUND_HOSTS: list("*.azureml.net,*.blob.core.windows.net"),
  ALLOW_LOOPBACK: flag,
  /** The key that turns submitter and idempotency key into a request id. */
  PSEUDONYM_KEY: z.string().min(8),
  /** How often the reconciler runs (NCRONTAB). */
  RECONCILE_SCHEDULE: z.string().default("0 * * * * *"),
  LEASE_MS: count(60_000, 500, 600_000),
  /** At most half of `functionTimeout` in host.json. */
  STEP_MS: count(300_000, 1_000, 300_000),
  LOOK_AFTER_MS: count(60_000, 500, 3_600_000),
  RESEND_AFTER_MS: count(600_000, 1_000, 86_400_000),
  BLOCKED_MS: count(DAY_MS, 1_000, 7 * DAY_MS),
  BLOCK_BYTES: count(4 * MIB, 64 * 1024, 64 * MIB),
  /** How many assets of a slice are exported at a time, and how much memory their blocks may take together. */
  SLICE_CONCURRENCY: count(32, 1, 100),
  SLICE_BUFFER_BYTES: count(32 * MIB, 128 * 1024, 1024 * MIB),
  /** Who hands packages over: named in their `bag-info.txt` where set. */
  ORGANIZATION_NAME: z.string().max(200).optional(),
  CONTACT_NAME: z.string().max(200).optional(),
  CONTACT_EMAIL: z.email().max(320).optional(),
  RETENTION_DAYS: count(30, 1, 3_650),
  LINK_MINUTES: count(60, 1, 6 * 24 * 60),
  RETRY_BASE_MS: count(1_000, 1, 60_000),
  RETRY_CAP_MS: count(900_000, 1, 3_600_000),
  RETRY_MAX_TRIES: count(30, 1, 1_000),
});

/** The settings in the shape that the code uses. */
export type Config = ReturnType<typeof toConfig>;

/**
 * Reads the settings. Throws one `validation-failed` that names every setting that is missing or wrong, and
 * never repeats a value.
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const parsed = settingsSchema.safeParse(env);
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
    storage: { blobUrl: settings.STORAGE_BLOB_URL, tableUrl: settings.STORAGE_TABLE_URL },
    serviceBus: {
      namespace: settings.ServiceBus__fullyQualifiedNamespace ?? null,
      connectionString: settings.ServiceBus ?? null,
    },
    clientId: settings.AZURE_CLIENT_ID ?? null,
    arm: { url: settings.ARM_URL, subscriptions: settings.ARM_SUBSCRIPTIONS },
    studioRegions: settings.STUDIO_REGIONS,
    tokenVaultUrl: settings.TOKEN_VAULT_URL,
    outbound: { hosts: settings.OUTBOUND_HOSTS, allowLoopback: settings.ALLOW_LOOPBACK === "true" },
    organization: {
      name: settings.ORGANIZATION_NAME ?? null,
      contactName: settings.CONTACT_NAME ?? null,
      contactEmail: settings.CONTACT_EMAIL ?? null,
    },
    pseudonymKey: settings.PSEUDONYM_KEY,
    reconcileSchedule: settings.RECONCILE_SCHEDULE,
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
      linkMs: settings.LINK_MINUTES * 60_000,
      backoff: {
        baseMs: settings.RETRY_BASE_MS,
        capMs: settings.RETRY_CAP_MS,
        maxTries: settings.RETRY_MAX_TRIES,
      },
    },
  };
}
