import { afterEach, describe, expect, it, vi } from "vitest";
import type { TimerFunction } from "../../../local/functions-host/app-function.ts";
import { createCoreApi } from "../../../local/functions-host/core-api.ts";
import type { FunctionCallback, HookCallback } from "../../../local/functions-host/core-types.ts";
import { createInvoker } from "../../../local/functions-host/invoke.ts";
import { timerFunction } from "../../support/fixture-app/functions.ts";

/** Stands in for the library: passes the handler's result on and logs through the context. */
function setUp(options: { functionTimeoutMs?: number; hooks?: Record<string, HookCallback> } = {}) {
  const { api, registry } = createCoreApi(vi.fn());
  api.setProgrammingModel({
    name: "test",
    version: "1",
    getCapabilities: async (capabilities) => capabilities,
    getInvocationModel: (core) => ({
      getArguments: async () => ({ context: { core }, inputs: ["input"] }),
      invokeFunction: async (_context, inputs, handler) => {
        core.log("information", "user", "from the app");
        return handler(...inputs);
      },
      getResponse: async (_context, result) => ({ returnValue: result }),
    }),
  });
  for (const [name, hook] of Object.entries(options.hooks ?? {})) {
    api.registerHook(name, hook);
  }
  const log = vi.fn();
  const onTimeout = vi.fn();
  const sendOutputs = vi.fn(async () => {});
  const { functionTimeoutMs } = options;
  return {
    log,
    onTimeout,
    sendOutputs,
    invoker: createInvoker({ registry, log, functionTimeoutMs, onTimeout, sendOutputs }),
  };
}

const request = {
  inputData: [],
  triggerMetadata: {},
  traceContext: { traceParent: "", traceState: "", attributes: {} },
};

function functionOf(callback: FunctionCallback, parts: Partial<TimerFunction> = {}) {
  const registered = { metadata: { name: "fn", bindings: {} }, callback };
  return timerFunction({ registered, ...parts });
}

describe("createInvoker", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("gives the handler's result and logs under the function's name", async () => {
    const { invoker, log } = setUp();

    const response = await invoker.invoke(
      functionOf((input) => `${String(input)}!`),
      request,
    );

    expect(response).toEqual({ returnValue: "input!", isEmpty: false });
    expect(log).toHaveBeenCalledExactlyOnceWith("information", "Function.fn", "from the app");
  });

  it("throws what the handler threw", async () => {
    const { invoker } = setUp();
    const failing = functionOf(() => {
      throw new Error("boom");
    });

    const invocation = invoker.invoke(failing, request);

    await expect(invocation).rejects.toThrow("boom");
  });

  it("lets hooks change inputs, results and logs", async () => {
    const { invoker, log } = setUp({
      hooks: {
        preInvocation: (context) => Object.assign(context, { inputs: ["changed"] }),
        postInvocation: (context) => Object.assign(context, { result: [context["result"]] }),
        log: (context) => Object.assign(context, { level: "warning" }),
      },
    });

    const response = await invoker.invoke(
      functionOf((input) => input),
      request,
    );

    expect(response.returnValue).toEqual(["changed"]);
    expect(log).toHaveBeenCalledExactlyOnceWith("warning", "Function.fn", "from the app");
  });

  it("names a function that runs for too long, once", async () => {
    vi.useFakeTimers();
    const { invoker, onTimeout } = setUp({ functionTimeoutMs: 5000 });
    const slow = functionOf(() => new Promise((resolve) => setTimeout(resolve, 6000)));

    const invocation = invoker.invoke(slow, request);
    await vi.advanceTimersByTimeAsync(4999);
    const callsBefore = onTimeout.mock.calls.length;
    await vi.advanceTimersByTimeAsync(2000);
    await invocation;

    expect(callsBefore).toBe(0);
    expect(onTimeout).toHaveBeenCalledExactlyOnceWith("fn");
  });

  it("knows what is running and when nothing is", async () => {
    const { invoker } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    const invocation = invoker.invoke(
      functionOf(() => promise),
      request,
    );
    const runningBefore = invoker.running();

    resolve();
    await invoker.idle();

    expect(runningBefore).toEqual(["fn"]);
    expect(invoker.running()).toEqual([]);
    await invocation;
  });

  it("fails when an output can't be sent, like a function that threw", async () => {
    const { invoker, sendOutputs } = setUp();
    sendOutputs.mockRejectedValueOnce(new Error("no such queue"));

    const invocation = invoker.invoke(
      functionOf(() => "result"),
      request,
    );

    await expect(invocation).rejects.toThrow("no such queue");
  });

  it("runs a function with a retry policy again, with a time limit for each try", async () => {
    vi.useFakeTimers();
    const { invoker, onTimeout, log } = setUp({ functionTimeoutMs: 5000 });
    const handler = vi.fn<FunctionCallback>().mockRejectedValueOnce(new Error("boom"));
    const retry = { maxRetryCount: 1, delayMs: () => 60_000 };

    const invocation = invoker.invoke(functionOf(handler, { retry }), request);
    await vi.advanceTimersByTimeAsync(60_000);

    expect(await invocation).toMatchObject({ isEmpty: true });
    expect(handler).toHaveBeenCalledTimes(2);
    expect(log).toHaveBeenCalledWith("warning", "Function.fn", "retry 1 of 1: boom");
    expect(onTimeout).not.toHaveBeenCalled();
  });

  it("retries nothing any more once it is told to", async () => {
    const { invoker } = setUp();
    const retry = { maxRetryCount: -1, delayMs: () => 3_600_000 };
    const handler = vi.fn<FunctionCallback>().mockRejectedValue(new Error("boom"));
    const invocation = invoker.invoke(functionOf(handler, { retry }), request);

    invoker.endRetries();

    await expect(invocation).rejects.toThrow("boom");
  });

  it("can make everything fail, what runs and what comes", async () => {
    const { invoker } = setUp();
    const endless = functionOf(() => new Promise(() => {}));
    const running = invoker.invoke(endless, request);

    invoker.failAll(new Error("the process ends"));

    await expect(running).rejects.toThrow("the process ends");
    await expect(invoker.invoke(endless, request)).rejects.toThrow("the process ends");
    await expect(invoker.idle()).resolves.toBeUndefined();
  });
});
