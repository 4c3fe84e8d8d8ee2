import { z } from "zod";
import type { AppFunction, ServiceBusOutput } from "./app-function.ts";
import type { RegisteredFunction } from "./core-api.ts";
import type { Binding } from "./core-types.ts";
import { HostError } from "./host-error.ts";
import { type RetryPolicy, retryPolicy } from "./retry.ts";
import { resolveSettings, type Settings } from "./settings.ts";

const httpTrigger = z.object({
  type: z.literal("httptrigger"),
  route: z.string().optional(),
  methods: z.array(z.string().toUpperCase()).default([]),
  authLevel: z.enum(["anonymous", "function", "admin"]).default("anonymous"),
});

const connection = z.string().min(1).default("AzureWebJobsServiceBus");

const serviceBusTrigger = z
  .object({
    type: z.literal("servicebustrigger"),
    queueName: z.string().min(1).optional(),
    topicName: z.string().min(1).optional(),
    subscriptionName: z.string().min(1).optional(),
    connection,
    cardinality: z.enum(["one", "many"]).default("one"),
    dataType: z
      .string()
      .toLowerCase()
      .pipe(z.enum(["string", "binary"]))
      .default("string"),
    isSessionsEnabled: z
      .literal(false, "sessions are not supported, the local broker has none")
      .default(false),
    autoCompleteMessages: z
      .literal(true, "messages are always settled by the outcome of the function")
      .default(true),
    sdkBinding: z.literal(false, "SDK bindings are not supported").default(false),
  })
  .refine(
    ({ queueName, topicName, subscriptionName }) =>
      queueName === undefined
        ? topicName !== undefined && subscriptionName !== undefined
        : topicName === undefined && subscriptionName === undefined,
    "it needs either queueName, or topicName and subscriptionName",
  );

const timerTrigger = z.object({
  type: z.literal("timertrigger"),
  schedule: z.string().min(1),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});

const trigger = z.discriminatedUnion("type", [httpTrigger, serviceBusTrigger, timerTrigger], {
  error: "only HTTP, Service Bus and timer triggers are supported",
});

const serviceBusOutput = z
  .object({
    queueName: z.string().min(1).optional(),
    topicName: z.string().min(1).optional(),
    connection,
  })
  .refine(
    ({ queueName, topicName }) => (queueName === undefined) !== (topicName === undefined),
    "it needs either queueName or topicName",
  );

/**
 * Reads what starts a registered function and where its outputs go, with `%SETTING%` resolved in
 * names and schedules. Throws a HostError for a trigger, binding or option this host does not
 * support: better at start than a function that silently never runs.
 */
export function toAppFunction(registered: RegisteredFunction, settings: Settings): AppFunction {
  const { name, bindings } = registered.metadata;
  const { bindingName, options } = onlyTrigger(name, bindings);
  const parsed = parse(trigger, options, name);
  const resolve = (text: string, what: string) =>
    resolveSettings(text, settings, `the ${what} of ${name}`);
  const common = {
    name,
    bindingName,
    registered,
    outputs: readOutputs(registered, parsed.type === "httptrigger", resolve),
    retry: readRetry(registered, parsed.type === "httptrigger"),
  };
  switch (parsed.type) {
    case "httptrigger": {
      const { route, methods, authLevel } = parsed;
      const template = (route ?? name).replaceAll(/^\/+|\/+$/g, "");
      return { ...common, kind: "http", route: template, methods, authLevel };
    }
    case "servicebustrigger":
      return {
        ...common,
        kind: "service-bus",
        source: readSource(parsed, resolve),
        connection: parsed.connection,
        isBatch: parsed.cardinality === "many",
        isBinary: parsed.dataType === "binary",
      };
    case "timertrigger":
      return {
        ...common,
        kind: "timer",
        schedule: resolve(parsed.schedule, "schedule"),
        runsOnStartup: parsed.runOnStartup,
        usesMonitor: parsed.useMonitor,
      };
  }
}

type Resolve = (text: string, what: string) => string;

function readSource(options: z.infer<typeof serviceBusTrigger>, resolve: Resolve) {
  const { queueName, topicName = "", subscriptionName = "" } = options;
  return queueName === undefined
    ? {
        topicName: resolve(topicName, "topic"),
        subscriptionName: resolve(subscriptionName, "subscription"),
      }
    : { queueName: resolve(queueName, "queue") };
}

/** Every binding but the trigger; the HTTP response is the library's own, and no output of ours. */
function readOutputs(
  { metadata: { name, bindings } }: RegisteredFunction,
  isHttp: boolean,
  resolve: Resolve,
): ServiceBusOutput[] {
  const outputs: ServiceBusOutput[] = [];
  for (const [bindingName, binding] of Object.entries(bindings)) {
    const type = binding.type.toLowerCase();
    const isReturn = bindingName === "$return";
    if (isTrigger(binding) || (isHttp && isReturn && type === "http")) {
      continue;
    }
    if (type !== "servicebus" || binding.direction !== "out") {
      throw unsupported(name, `the ${binding.type} binding "${bindingName}" is not supported`);
    }
    if (isHttp && isReturn) {
      throw unsupported(name, "the result of an HTTP function is its response; use extraOutputs");
    }
    const { queueName, topicName = "", connection: by } = parse(serviceBusOutput, binding, name);
    const entity = resolve(queueName ?? topicName, `output ${bindingName}`);
    outputs.push({ bindingName, entity, connection: by });
  }
  return outputs;
}

/** An HTTP caller can try again, and its request can be read only once. */
function readRetry(
  { metadata: { name, retryOptions } }: RegisteredFunction,
  isHttp: boolean,
): RetryPolicy | undefined {
  if (retryOptions === undefined || retryOptions === null) {
    return undefined;
  }
  if (isHttp) {
    throw unsupported(name, "a retry policy is not supported for an HTTP function");
  }
  return parse(retryPolicy, retryOptions, name);
}

/** The trigger's binding, its type in lower case; the library may change case. */
function onlyTrigger(name: string, bindings: RegisteredFunction["metadata"]["bindings"]) {
  const [first, ...more] = Object.entries(bindings).filter(([, binding]) => isTrigger(binding));
  if (first === undefined || more.length > 0) {
    throw unsupported(name, "it has no trigger, or several");
  }
  const [bindingName, binding] = first;
  return { bindingName, options: { ...binding, type: binding.type.toLowerCase() } };
}

function isTrigger({ type }: Binding): boolean {
  return /trigger$/i.test(type);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const result = schema.safeParse(value);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join(".")}: ${message}`,
    );
    throw unsupported(name, problems.join("; "));
  }
  return result.data;
}

function unsupported(name: string, problem: string): HostError {
  return new HostError(`The function ${name} cannot run on this host: ${problem}.`);
}
