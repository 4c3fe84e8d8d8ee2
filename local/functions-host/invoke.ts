import { randomUUID } from "node:crypto";
import type { Registry } from "./core-api.ts";
import type {
  CoreInvocationContext,
  HookCallback,
  InvocationModel,
  InvocationRequest,
  InvocationResponse,
  LogCategory,
  LogLevel,
} from "./core-types.ts";
import type { Log } from "./log.ts";
import type { AppFunction } from "./trigger.ts";

/** Runs a function once and gives its response. Throws whatever the function or a hook threw. */
export type Invoke = (fn: AppFunction, request: InvocationRequest) => Promise<InvocationResponse>;

/** Runs functions and knows which of them are still running. */
export interface Invoker {
  readonly invoke: Invoke;
  /** Names of the functions running now, one per invocation. */
  running(): string[];
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

type InvokerOptions = {
  readonly registry: Registry;
  readonly log: Log;
  readonly functionTimeoutMs: number | undefined;
  /** Called once an invocation has run for longer than the limit; a handler can't be stopped. */
  readonly onTimeout: (functionName: string) => void;
};

/** Invokes functions through the app's own programming model, with its hooks around them. */
export function createInvoker(options: InvokerOptions): Invoker {
  const running = new Map<Promise<InvocationResponse>, string>();
  return {
    invoke: async (fn, request) => {
      const call = runOnce(options, fn, request);
      running.set(call, fn.name);
      const { functionTimeoutMs } = options;
      const limit =
        functionTimeoutMs === undefined
          ? undefined
          : setTimeout(options.onTimeout, functionTimeoutMs, fn.name);
      try {
        return await call;
      } finally {
        clearTimeout(limit);
        running.delete(call);
      }
    },
    running: () => [...running.values()],
    idle: async () => {
      while (running.size > 0) {
        await Promise.allSettled(running.keys());
      }
    },
  };
}

const appHookData: Record<string, unknown> = {};

/** Runs the app-wide hooks in the order of their registration; they share one `hookData`. */
export async function runAppHooks(
  registry: Registry,
  name: "appStart" | "appTerminate",
): Promise<void> {
  await runHooks(registry.hooks[name], { hookData: appHookData });
}

async function runOnce(
  { registry, log }: InvokerOptions,
  fn: AppFunction,
  request: InvocationRequest,
): Promise<InvocationResponse> {
  const model = registry.programmingModel();
  if (model === undefined) {
    throw new Error("A function was invoked before the app was loaded.");
  }
  let userContext: unknown;
  const core: CoreInvocationContext = {
    invocationId: randomUUID(),
    metadata: fn.registered.metadata,
    request,
    log: (level, category, message) => {
      const entry = { level, category, message, invocationContext: userContext, hookData: {} };
      writeLog(registry, log, fn.name, entry);
    },
  };
  const invocation = model.getInvocationModel(core);
  const { context, inputs } = await invocation.getArguments();
  userContext = context;
  return invokeWithHooks(registry, { core, invocation, context, inputs, fn });
}

type Call = {
  readonly core: CoreInvocationContext;
  readonly invocation: InvocationModel;
  readonly context: unknown;
  readonly inputs: unknown[];
  readonly fn: AppFunction;
};

/** Post-invocation hooks see the outcome and may replace it, as in the real worker. */
async function invokeWithHooks(registry: Registry, call: Call): Promise<InvocationResponse> {
  const { core, invocation, context, fn } = call;
  const hookData = {};
  const before = {
    hookData,
    invocationContext: context,
    inputs: call.inputs,
    functionCallback: fn.registered.callback,
  };
  core.state = "preInvocationHooks";
  await runHooks(registry.hooks.preInvocation, before);
  core.state = undefined;

  const { inputs } = before;
  const after: Record<string, unknown> = { hookData, invocationContext: context, inputs };
  try {
    after["result"] = await invocation.invokeFunction(context, inputs, before.functionCallback);
  } catch (error) {
    after["error"] = error;
  }
  core.state = "postInvocationHooks";
  await runHooks(registry.hooks.postInvocation, after);
  core.state = undefined;

  if (after["error"] !== undefined && after["error"] !== null) {
    // eslint-disable-next-line typescript/only-throw-error -- the app's own value, passed on as it is
    throw after["error"];
  }
  return invocation.getResponse(context, after["result"]);
}

async function runHooks(
  hooks: readonly HookCallback[],
  context: Record<string, unknown>,
): Promise<void> {
  for (const hook of hooks) {
    await hook(context);
  }
}

type LogEntry = {
  level: LogLevel;
  category: LogCategory;
  message: string;
  invocationContext: unknown;
  hookData: object;
};

/** Log hooks may change level and message of what the app logs itself. */
function writeLog(registry: Registry, log: Log, functionName: string, entry: LogEntry): void {
  if (entry.category === "user") {
    for (const hook of registry.hooks.log) {
      hook(entry);
    }
  }
  log(entry.level, `Function.${functionName}`, entry.message);
}
