import type { AppFunction } from "./app-function.ts";
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

/** What the app has registered, and where its logs go. */
export type FunctionRunner = { readonly registry: Registry; readonly log: Log };

/** One call: `isEmpty` when the function gave no result. */
export type FunctionOutcome = InvocationResponse & { readonly isEmpty: boolean };

const appHookData: Record<string, unknown> = {};

/** Runs the app-wide hooks in the order of their registration; they share one `hookData`. */
export async function runAppHooks(
  registry: Registry,
  name: "appStart" | "appTerminate",
): Promise<void> {
  await runHooks(registry.hooks[name], { hookData: appHookData });
}

/**
 * Runs a function once through the app's own programming model, with its hooks around it. Throws
 * whatever the function or a hook threw.
 */
export async function runFunction(
  { registry, log }: FunctionRunner,
  fn: AppFunction,
  request: InvocationRequest,
  invocationId: string,
): Promise<FunctionOutcome> {
  const model = registry.programmingModel();
  if (model === undefined) {
    throw new Error("A function was invoked before the app was loaded.");
  }
  let userContext: unknown;
  const core: CoreInvocationContext = {
    invocationId,
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
  // The library keeps `core` in a WeakMap, and V8 what such a map holds for longer than the invocation.
  core.request = undefined;
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
async function invokeWithHooks(registry: Registry, call: Call): Promise<FunctionOutcome> {
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
  const { result } = after as { result?: unknown };
  const response = await invocation.getResponse(context, result);
  return { ...response, isEmpty: result === undefined || result === null };
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
