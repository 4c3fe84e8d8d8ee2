import { registerHooks } from "node:module";
import {
  type FunctionCallback,
  type FunctionMetadata,
  type HookCallback,
  type HookName,
  hookNames,
  type LogCategory,
  type LogLevel,
  type ProgrammingModel,
} from "./core-types.ts";

/** A function the app registered, as it declared itself. */
export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** What an app has registered so far through `@azure/functions`. */
export interface Registry {
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  readonly hooks: Readonly<Record<HookName, readonly HookCallback[]>>;
  /** The last programming model set, or undefined when the app never used `@azure/functions`. */
  programmingModel(): ProgrammingModel | undefined;
  /** Ends start-up: from now on registering a function throws, as in the real worker. */
  seal(): void;
}

type SystemLog = (level: LogLevel, message: string) => void;

const moduleName = "@azure/functions-core";
const moduleUrl = "functions-host:core";
const globalName = "__functionsHostCore";

/**
 * Makes `require("@azure/functions-core")` and `import` of it answer in this process, and returns
 * the registry it fills. That module is published nowhere: each host of the Node library provides
 * its own. Call it once, before the app is loaded. `systemLog` gets the library's own messages.
 * Node 22.18 applies the hook only to a bundle's `createRequire`, not to a package imported as it is;
 * Node 22.23 and 24 apply it to both.
 */
export function provideCoreApi(systemLog: SystemLog): Registry {
  const { api, registry } = createCoreApi(systemLog);
  Object.defineProperty(globalThis, globalName, { value: api });
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier === moduleName
        ? { url: moduleUrl, format: "commonjs", shortCircuit: true }
        : nextResolve(specifier, context),
    load: (url, context, nextLoad) =>
      url === moduleUrl
        ? {
            format: "commonjs",
            source: `module.exports = globalThis.${globalName};`,
            shortCircuit: true,
          }
        : nextLoad(url, context),
  });
  return registry;
}

/** The core API itself, without its interception: what it returns and throws follows the worker. */
export function createCoreApi(systemLog: SystemLog) {
  const functions = new Map<string, RegisteredFunction>();
  const { hooks, registerHook } = createHooks();
  let model: ProgrammingModel | undefined;
  let isSealed = false;

  const api = {
    version: "3.14.1",
    hostVersion: "4.1052.200",
    Disposable,
    setProgrammingModel: (next: ProgrammingModel) => {
      model = next;
    },
    getProgrammingModel: () => model,
    log: (level: LogLevel, _category: LogCategory, message: string) => systemLog(level, message),
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) => {
      if (isSealed) {
        throw new Error("A function can only be registered during app startup, not after it.");
      }
      if (functions.has(metadata.name)) {
        throw new Error(`A function named "${metadata.name}" is registered already.`);
      }
      functions.set(metadata.name, { metadata, callback });
      return new Disposable(() => functions.delete(metadata.name));
    },
    registerHook,
  };
  const registry: Registry = {
    functions,
    hooks,
    programmingModel: () => model,
    seal: () => {
      isSealed = true;
    },
  };
  return { api, registry };
}

function createHooks() {
  const hooks: Record<HookName, HookCallback[]> = {
    appStart: [],
    appTerminate: [],
    preInvocation: [],
    postInvocation: [],
    log: [],
  };
  const registerHook = (name: string, callback: HookCallback) => {
    if (!isHookName(name)) {
      // By this mark the library tells a host that is too old from an error of the app.
      const mark = { isAzureFunctionsSystemError: true };
      throw Object.assign(new RangeError(`There is no hook named "${name}".`), mark);
    }
    hooks[name].push(callback);
    return new Disposable(() => {
      hooks[name] = hooks[name].filter((other) => other !== callback);
    });
  };
  return { hooks, registerHook };
}

/** Undoes one registration; a second call does nothing. */
class Disposable {
  #undo: (() => unknown) | undefined;

  constructor(undo: () => unknown) {
    this.#undo = undo;
  }

  dispose(): void {
    this.#undo?.();
    this.#undo = undefined;
  }
}

function isHookName(name: string): name is HookName {
  return hookNames.some((known) => known === name);
}
