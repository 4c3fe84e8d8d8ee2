import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import { keyVaultSigner } from "../../../shared/adapters/key-vault-signer.ts";
import { signerContract } from "../../support/contracts/signer-contract.ts";
import { memoryClock } from "../../support/memory/clock.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";
import { createKey, vaultCredential } from "../../support/simulators/vault-calls.ts";

describe("the signer on Key Vault", () => {
  let simulators: Simulators;
  beforeAll(async () => {
    simulators = await startTestSimulators();
  });
  afterAll(() => simulators[Symbol.asyncDispose]());

  const signerOf = (keyName: string, clock = memoryClock()) =>
    keyVaultSigner({
      vaultUrl: simulators.addresses.vault,
      keyName,
      credential: vaultCredential(simulators),
      clock,
      isLoopback: true,
    });

  let made = 0;
  signerContract(async () => {
    made += 1;
    const keyName = `receipts-${made}`;
    await createKey(simulators, keyName);
    const clock = memoryClock();
    return {
      signer: signerOf(keyName, clock),
      rotate: async () => {
        await createKey(simulators, keyName);
        clock.advance(5 * 60_000);
      },
    };
  });

  it("cannot sign while the key is not there", async () => {
    await expect(signerOf("nothing").keys()).rejects.toMatchObject({ code: "not-found" });
  });
});
