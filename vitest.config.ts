import { defineConfig } from "vitest/config";

const onServers = { testTimeout: 30_000, hookTimeout: 60_000 };
/** Loading the SDKs anew for every file would take as long as the tests. */
const shared = { isolate: false };
/**
 * These need a process each: the identity library remembers where tokens are had, and faked timers run what the files
 * before have left.
 */
const apart = [
  "test/integration/providers/**/*.test.ts",
  "test/integration/adapters/key-vault-*.test.ts",
  "test/integration/adapters/service-bus-hazards.test.ts",
  "test/integration/pipeline/upkeep.test.ts",
  "test/integration/simulators/arm.test.ts",
  "test/unit/functions-host/**/*.test.ts",
];

/** `unit` in memory, `integration` and `apart` on Azurite, the broker and the simulators, `e2e` on the whole stack. */
export default defineConfig({
  test: {
    // As many as CI has cores: by itself Vitest would leave one of them idle.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/*.test.ts", "test/unit/**/*.test.ts"],
          exclude: apart,
          ...shared,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          exclude: apart,
          ...onServers,
          ...shared,
        },
      },
      { test: { name: "apart", include: apart, ...onServers } },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
