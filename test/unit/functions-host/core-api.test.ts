import { describe, expect, it, vi } from "vitest";
import { createCoreApi } from "../../../local/functions-host/core-api.ts";

const metadata = { name: "fn", bindings: {} };

describe("createCoreApi", () => {
  it("keeps what is registered, until it is disposed of", () => {
    const { api, registry } = createCoreApi(vi.fn());
    const before = api.registerFunction(metadata, () => "result");
    const namesBefore = [...registry.functions.keys()];

    before.dispose();

    expect(namesBefore).toEqual(["fn"]);
    expect(registry.functions.size).toBe(0);
  });

  it("refuses a second function of one name", () => {
    const { api } = createCoreApi(vi.fn());
    api.registerFunction(metadata, vi.fn());

    const register = () => api.registerFunction(metadata, vi.fn());

    expect(register).toThrow('A function named "fn" is registered already.');
  });

  it("refuses functions once start-up has ended", () => {
    const { api, registry } = createCoreApi(vi.fn());
    registry.seal();

    const register = () => api.registerFunction(metadata, vi.fn());

    expect(register).toThrow("A function can only be registered during app startup, not after it.");
  });

  it("marks the error for an unknown hook, which the library looks for", () => {
    const { api } = createCoreApi(vi.fn());

    const register = () => api.registerHook("midInvocation", vi.fn());

    expect(register).toThrow(
      expect.objectContaining({ name: "RangeError", isAzureFunctionsSystemError: true }),
    );
  });

  it("hands the library's own messages to the log", () => {
    const log = vi.fn();
    const { api } = createCoreApi(log);

    api.log("warning", "system", "careful");

    expect(log).toHaveBeenCalledExactlyOnceWith("warning", "careful");
  });
});
