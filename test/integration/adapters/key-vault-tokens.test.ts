import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../../local/simulators/control/faults.ts";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import { keyVaultTokens } from "../../../shared/adapters/key-vault-tokens.ts";
import { newSecretName, tokenVaultContract } from "../../support/contracts/token-vault-contract.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";
import { secretClientOn } from "../../support/vault-on-simulators.ts";

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startTestSimulators();
});
afterEach(() => simulators.faults.clear());
afterAll(() => simulators[Symbol.asyncDispose]());

const vault = () => keyVaultTokens(secretClientOn(simulators));

describe("the vault over the official client", () => {
  tokenVaultContract(vault);

  it("leaves nothing that could be recovered", async () => {
    const name = newSecretName();
    await vault().put(name, "token-1");
    const client = secretClientOn(simulators);

    await vault().purge(name);

    const deleted = client.getDeletedSecret(name);
    await expect(deleted).rejects.toMatchObject({ statusCode: 404 });
  });

  it("purges what a call before deleted and did not get to purge", async () => {
    const name = newSecretName();
    const client = secretClientOn(simulators);
    await vault().put(name, "token-1");
    await (await client.beginDeleteSecret(name)).pollUntilDone();
    expect((await client.getDeletedSecret(name)).name).toBe(name);

    await vault().purge(name);

    await expect(client.getDeletedSecret(name)).rejects.toMatchObject({ statusCode: 404 });
  });

  it.each([
    ["is away", 503],
    ["refuses us", 403],
    ["asks to slow down", 429],
    ["is still at work on the secret", 409],
  ])(
    "is a store that cannot be reached when it %s, and its error tells nothing",
    async (_what, status) => {
      const name = newSecretName();
      await vault().put(name, "token-1");
      const body = { error: { code: "Code", message: `no ${name} token-1` } };
      fail({ status, body });

      for (const call of [
        () => vault().put(name, "token-2"),
        () => vault().read(name),
        () => vault().purge(name),
      ]) {
        const error = await call().catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: "store-unavailable" });
        expect(String(error)).not.toMatch(new RegExp(`token-\\d|${name}`));
        expect((error as Error).cause).toBeUndefined();
      }
    },
  );
});

function fail(action: Fault["action"]): void {
  const where = { surface: "vault", method: "*", pathPattern: "secrets" } as const;
  simulators.faults.add([{ ...where, nth: 1, times: 100, action }]);
}
