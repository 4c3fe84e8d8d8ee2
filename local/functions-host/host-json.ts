import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { z } from "zod";
import type { LogLevel } from "./core-types.ts";
import { HostError } from "./host-error.ts";
import { withOverrides } from "./host-json-overrides.ts";
import type { Settings } from "./settings.ts";
import { parseTimeSpan } from "./time-span.ts";

/** What the host takes from host.json, with the real host's defaults. */
export interface HostConfig {
  /** Without slashes at its ends; may be empty. */
  readonly routePrefix: string;
  /** Undefined when a function may run for ever. */
  readonly functionTimeoutMs: number | undefined;
  readonly maxConcurrentCalls: number;
  readonly maxAutoLockRenewalMs: number;
  /** Messages that are fetched before there is a call for them; their locks run meanwhile. */
  readonly prefetchCount: number;
  readonly batch: BatchLimits;
  /** Whether `telemetryMode` is OpenTelemetry: host and app each send their own spans. */
  readonly isOpenTelemetry: boolean;
  readonly logLevels: Readonly<Record<string, LogLevel>>;
}

/** What goes into one call of a function that takes batches. */
export interface BatchLimits {
  readonly maxMessages: number;
  /** Fewer are given only when `maxWaitMs` have passed since the first. */
  readonly minMessages: number;
  readonly maxWaitMs: number;
}

const timeSpan = z.string().transform((text, context) => {
  const ms = parseTimeSpan(text);
  if (ms === undefined) {
    context.addIssue({ code: "custom", message: `"${text}" is no time span like 00:05:00` });
    return z.NEVER;
  }
  return ms;
});

const logLevel = z
  .string()
  .toLowerCase()
  .pipe(z.enum(["trace", "debug", "information", "warning", "error", "critical", "none"]));

const hostJson = z.object({
  version: z.literal("2.0"),
  telemetryMode: z.string().toLowerCase().default("applicationinsights"),
  functionTimeout: z.union([z.literal("-1"), timeSpan]).default(30 * 60_000),
  logging: z.object({ logLevel: z.record(z.string(), logLevel).default({}) }).prefault({}),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default("api") }).prefault({}),
      serviceBus: z
        .object({
          autoCompleteMessages: z
            .literal(true, "messages are always settled by the outcome of the function")
            .default(true),
          maxConcurrentCalls: z
            .int()
            .positive()
            .default(16 * availableParallelism()),
          maxAutoLockRenewalDuration: timeSpan.default(5 * 60_000),
          prefetchCount: z.int().min(0).default(0),
          maxMessageBatchSize: z.int().positive().default(1000),
          minMessageBatchSize: z.int().positive().default(1),
          maxBatchWaitTime: timeSpan.default(30_000),
        })
        .prefault({}),
    })
    .prefault({}),
});

/**
 * Reads `host.json` of the app in `root`, with the values that `settings` put in its place; members this host has no use
 * for are ignored.
 * Throws a HostError when the file is missing, is not JSON or holds an impossible value.
 */
export async function readHostJson(root: string, settings: Settings): Promise<HostConfig> {
  const value = withOverrides(await readJsonc(join(root, "host.json")), settings);
  const config = parseFile(hostJson, value, "host.json");
  const { http, serviceBus } = config.extensions;
  return {
    routePrefix: http.routePrefix.replaceAll(/^\/+|\/+$/g, ""),
    functionTimeoutMs: config.functionTimeout === "-1" ? undefined : config.functionTimeout,
    maxConcurrentCalls: serviceBus.maxConcurrentCalls,
    maxAutoLockRenewalMs: serviceBus.maxAutoLockRenewalDuration,
    prefetchCount: serviceBus.prefetchCount,
    batch: {
      maxMessages: serviceBus.maxMessageBatchSize,
      minMessages: Math.min(serviceBus.minMessageBatchSize, serviceBus.maxMessageBatchSize),
      maxWaitMs: serviceBus.maxBatchWaitTime,
    },
    isOpenTelemetry: config.telemetryMode === "opentelemetry",
    logLevels: config.logging.logLevel,
  };
}

/** Reads a JSON file that may hold comments. Throws a HostError when it can't be read or parsed. */
export async function readJsonc(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new HostError(`${file} cannot be read (${error.code ?? error.message}).`);
  });
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors[0] !== undefined) {
    throw new HostError(`${file} is not JSON: ${printParseErrorCode(errors[0].error)}.`);
  }
  return value;
}

/** Checks a parsed file against its schema. Throws a HostError naming every problem and its path. */
export function parseFile<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (!result.success) {
    const problems = result.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`);
    throw new HostError(`${file} has values this host cannot use: ${problems.join("; ")}.`);
  }
  return result.data;
}
