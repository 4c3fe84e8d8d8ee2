import { ManagedIdentityCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { vi } from "vitest";
import type { Simulators } from "../../local/simulators/start-simulators.ts";
import { IDENTITY_HEADER } from "./simulators/test-simulators.ts";

/** The official client on the simulated vault, with the token of a managed identity. */
export function secretClientOn({ addresses }: Simulators): SecretClient {
  vi.stubEnv("IDENTITY_ENDPOINT", addresses.identity);
  vi.stubEnv("IDENTITY_HEADER", IDENTITY_HEADER);
  return new SecretClient(addresses.vault, new ManagedIdentityCredential(), {
    disableChallengeResourceVerification: true,
    retryOptions: { maxRetries: 0 },
  });
}
