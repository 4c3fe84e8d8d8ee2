import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cliSetup } from "../../support/cli/cli-setup.ts";
import { runCli } from "../../support/cli/run-cli.ts";

/** Runs `studio-dsr status` where the Azure CLI is this script, and no local stack is. */
async function statusWith(az: string | null, audience = "api://3f2a") {
  await using setup = await cliSetup();
  const bin = await mkdtemp(join(setup.folder, "bin-"));
  if (az !== null) await writeFile(join(bin, "az"), `#!/bin/sh\n${az}\n`, { mode: 0o755 });
  const result = await runCli(["--api", setup.api.url, "status", "0f".repeat(16)], {
    PATH: bin,
    STUDIO_DSR_STACK: join(setup.folder, "none.json"),
    STUDIO_DSR_AUDIENCE: audience,
    NODE_EXTRA_CA_CERTS: join(setup.folder, "ca.pem"),
  });
  return { ...result, calls: setup.api.calls };
}

it("takes the token of whoever is signed in to the Azure CLI, for the API's own audience", async () => {
  const { exitCode, stderr, calls } = await statusWith(
    `IFS=_; echo "{\\"accessToken\\":\\"$*\\",\\"expires_on\\":99999999999}"`,
  );

  expect([exitCode, stderr]).toEqual([0, ""]);
  const asked = "account_get-access-token_--scope_api://3f2a/.default_--output_json";
  expect(calls.map(({ authorization }) => authorization)).toEqual([`Bearer ${asked}`]);
});

it.each<[string, string | null, string, string, number]>([
  ["is not installed", null, "api://3f2a", "The Azure CLI (az) is not installed", 1],
  [
    "knows nobody",
    "echo \"Please run 'az login' to setup account.\" >&2; exit 1",
    "api://3f2a",
    "gives no token (Please run 'az login' to setup account.)",
    1,
  ],
  ["answers something else", "echo hello", "api://3f2a", "gives no token: sign in with", 1],
  ["is asked for what is no audience", "exit 0", "$(id)", "STUDIO_DSR_AUDIENCE must be", 2],
])("says what to do when it %s", async (_what, az, audience, told, code) => {
  const { exitCode, stderr, calls } = await statusWith(az, audience);

  expect(exitCode).toBe(code);
  expect(stderr).toContain(told);
  expect(calls).toEqual([]);
});
