import { describe, expect, it } from "vitest";
import { inheritedEnvironment } from "../../../local/stack/child-process.ts";
import { backOffMs } from "../../../local/stack/supervise.ts";

describe("the environment of a child process", () => {
  it("has what a program needs and no credential, proxy or app setting of the shell", () => {
    const environment = inheritedEnvironment({
      PATH: "/bin",
      HOME: "/home/me",
      LC_ALL: "C.UTF-8",
      AZURE_CLIENT_SECRET: "secret",
      HTTPS_PROXY: "http://proxy",
      ServiceBus: "Endpoint=sb://production",
      NODE_OPTIONS: "--inspect",
    });

    expect(environment).toEqual({ PATH: "/bin", HOME: "/home/me", LC_ALL: "C.UTF-8" });
  });
});

describe("the wait before a process is started again", () => {
  it.each([
    [1, 100],
    [2, 200],
    [4, 800],
    [7, 5_000],
    [1_000, 5_000],
  ])("after %i ends in a row is %i ms", (endsInARow, expectedMs) => {
    const waitMs = backOffMs(endsInARow);

    expect(waitMs).toBe(expectedMs);
  });
});
