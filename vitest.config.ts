import { defineConfig } from "vitest/config";

const onServers = { testTimeout: 30_000, hookTimeout: 60_000 };
/** Loading the SDKs anew for every file would take as long as the tests. */
const shared = { isolate: false };
/** The identity library remembers for the whole process where tokens are had, so these files need one each. */
const withIdentity = [
  "test/integration/providers/**/*.test.ts",
  "test/integration/adapters/key-vault-*.test.ts",
];

/** `unit` in memory, `integration` and `identity` on Azurite, the broker and the simulators, `e2e` on the whole stack. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/*.test.ts", "test/unit/**/*.test.ts"], ...shared } },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          exclude: withIdentity,
          ...onServers,
          ...shared,
        },
      },
      { test: { name: "identity", include: withIdentity, ...onServers } },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
