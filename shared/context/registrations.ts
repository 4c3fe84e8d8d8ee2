import type { ManagedIdentityCredential } from "@azure/identity";
import type { Config } from "../config.ts";
import type { RegistrationStage } from "../pipeline/registrations.ts";
import type { Transport } from "../providers/http.ts";

/** What registrations need: their table, the vault of their tokens, and the probe that opens a workspace. */
export async function createRegistrations(
  { storage, studioRegions, tokenVaultUrl, outbound }: Config,
  credential: ManagedIdentityCredential,
  transport: Transport,
): Promise<Omit<RegistrationStage, "clock" | "telemetry">> {
  const [
    { TableClient },
    { SecretClient },
    { tableWorkspaceRegistry },
    { keyVaultTokens },
    { createWorkspaceProbe },
  ] = await Promise.all([
    import("@azure/data-tables"),
    import("@azure/keyvault-secrets"),
    import("../adapters/table-workspace-registry.ts"),
    import("../adapters/key-vault-tokens.ts"),
    import("../providers/studio-classic/workspace-probe.ts"),
  ]);
  const vault = new SecretClient(tokenVaultUrl, credential, {
    // A vault on this machine has no host of the cloud that its tokens are for.
    disableChallengeResourceVerification: outbound.allowLoopback,
    retryOptions: { maxRetries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 8_000 },
  });
  return {
    registry: tableWorkspaceRegistry(new TableClient(storage.tableUrl, "workspaces", credential)),
    vault: keyVaultTokens(vault),
    probe: createWorkspaceProbe(transport),
    regions: studioRegions,
  };
}
