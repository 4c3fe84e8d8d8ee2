import { z } from "zod";
import type { RegisteredFunction } from "./core-api.ts";
import { HostError } from "./host-error.ts";
import { resolveSettings, type Settings } from "./settings.ts";

type Common = {
  readonly name: string;
  /** Name of the trigger's binding, by which its input is handed to the library. */
  readonly bindingName: string;
  readonly registered: RegisteredFunction;
};

export type HttpFunction = Common & {
  readonly kind: "http";
  /** Template without slashes at its ends and without the route prefix. */
  readonly route: string;
  /** Upper case; empty for every method. */
  readonly methods: readonly string[];
  readonly authLevel: "anonymous" | "function" | "admin";
};

export type QueueFunction = Common & {
  readonly kind: "queue";
  readonly queueName: string;
  /** Name, or prefix of the names, of the settings that hold the connection. */
  readonly connection: string;
};

export type TimerFunction = Common & {
  readonly kind: "timer";
  /** NCRONTAB expression or TimeSpan. */
  readonly schedule: string;
  readonly runsOnStartup: boolean;
  readonly usesMonitor: boolean;
};

/** A function with the one trigger that starts it. */
export type AppFunction = HttpFunction | QueueFunction | TimerFunction;

const httpTrigger = z.object({
  type: z.literal("httptrigger"),
  route: z.string().optional(),
  methods: z.array(z.string().toUpperCase()).default([]),
  authLevel: z.enum(["anonymous", "function", "admin"]).default("anonymous"),
});

const queueTrigger = z.object({
  type: z.literal("servicebustrigger"),
  queueName: z.string("only queues are supported, not topics").min(1),
  connection: z.string().min(1).default("AzureWebJobsServiceBus"),
  cardinality: z.literal("one", "batches are not supported").default("one"),
  isSessionsEnabled: z.literal(false, "sessions are not supported").default(false),
  autoCompleteMessages: z.literal(true, "settling by hand is not supported").default(true),
  sdkBinding: z.literal(false, "SDK bindings are not supported").default(false),
});

const timerTrigger = z.object({
  type: z.literal("timertrigger"),
  schedule: z.string().min(1),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});

const trigger = z.discriminatedUnion("type", [httpTrigger, queueTrigger, timerTrigger]);

/**
 * Reads what starts a registered function, with `%SETTING%` resolved in queue names and schedules.
 * Throws a HostError for a trigger, binding or option this host does not support: better at start
 * than a function that silently never runs.
 */
export function toAppFunction(registered: RegisteredFunction, settings: Settings): AppFunction {
  const { name, bindings, retryOptions } = registered.metadata;
  const { bindingName, options } = onlyTrigger(name, bindings);
  if (retryOptions !== undefined && retryOptions !== null) {
    throw unsupported(name, "a retry policy is not supported");
  }
  const parsed = trigger.safeParse(options);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`);
    throw unsupported(name, problems.join("; "));
  }
  const common = { name, bindingName, registered };
  switch (parsed.data.type) {
    case "httptrigger": {
      const { route, methods, authLevel } = parsed.data;
      const template = (route ?? name).replaceAll(/^\/+|\/+$/g, "");
      return { ...common, kind: "http", route: template, methods, authLevel };
    }
    case "servicebustrigger": {
      const { queueName, connection } = parsed.data;
      const queue = resolveSettings(queueName, settings, `the queue of ${name}`);
      return { ...common, kind: "queue", queueName: queue, connection };
    }
    case "timertrigger": {
      const { schedule, runOnStartup, useMonitor } = parsed.data;
      return {
        ...common,
        kind: "timer",
        schedule: resolveSettings(schedule, settings, `the schedule of ${name}`),
        runsOnStartup: runOnStartup,
        usesMonitor: useMonitor,
      };
    }
  }
}

/** The trigger's binding, when all others are the HTTP response; the library may change case. */
function onlyTrigger(name: string, bindings: RegisteredFunction["metadata"]["bindings"]) {
  const triggers = Object.entries(bindings).filter(([, b]) => /trigger$/i.test(b.type));
  const others = Object.entries(bindings).filter(([, b]) => !/trigger$/i.test(b.type));
  const [first] = triggers;
  if (first === undefined || triggers.length > 1) {
    throw unsupported(name, "it has no trigger, or several");
  }
  const type = first[1].type.toLowerCase();
  for (const [bindingName, other] of others) {
    const isResponse = bindingName === "$return" && other.type.toLowerCase() === "http";
    if (!isResponse || type !== "httptrigger") {
      throw unsupported(name, `the ${other.type} binding "${bindingName}" is not supported`);
    }
  }
  return { bindingName: first[0], options: { ...first[1], type } };
}

function unsupported(name: string, problem: string): HostError {
  return new HostError(`The function ${name} cannot run on this host: ${problem}.`);
}
