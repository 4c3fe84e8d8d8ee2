import type { ManagedIdentityCredential } from "@azure/identity";
import type { Config } from "./config.ts";
import type { Clock } from "./pipeline/ports.ts";
import type { RegistrationStage } from "./pipeline/registrations.ts";
import type { Stage } from "./pipeline/stage.ts";
import type { createEraser } from "./providers/eraser.ts";
import type { Transport } from "./providers/http.ts";

/** The part of the composition root that reaches outside: the transport, the registrations and the providers. */

/** Calls out go to the listed hosts, to the regions' and to ARM. */
export async function createTransport(
  { arm, outbound, studioRegions }: Config,
  clock: Clock,
): Promise<Transport> {
  const [http, hosts] = await Promise.all([
    import("./providers/http.ts"),
    import("./providers/allowed-hosts.ts"),
  ]);
  const ours = [arm.url, ...studioRegions.map(({ studioUrl }) => studioUrl)];
  const listed = [...outbound.hosts, ...ours.map((url) => new URL(url).host)];
  const allow = hosts.allowHosts(listed, outbound);
  return http.createTransport({ allow, clock, random: Math.random });
}

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
    import("./adapters/table-workspace-registry.ts"),
    import("./adapters/key-vault-tokens.ts"),
    import("./providers/studio-classic/workspace-probe.ts"),
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

/** The providers of people's data, which find a workspace among the registered ones, then through ARM. */
export async function createProviders(
  config: Config,
  registrations: RegistrationStage,
  outside: { readonly credential: ManagedIdentityCredential; readonly transport: Transport },
): Promise<Pick<Stage, "directory" | "provider" | "eraser">> {
  const [client, directories, { createDirectory }, studio] = await Promise.all([
    import("./providers/arm/client.ts"),
    import("./providers/arm/directory.ts"),
    import("./providers/directory.ts"),
    import("./providers/studio-classic/provider.ts"),
  ]);
  const { clock } = registrations;
  const { transport } = outside;
  const arm = directories.createArmDirectory({
    arm: client.createArmClient({ endpoint: config.arm.url, clock, ...outside }),
    subscriptionIds: config.arm.subscriptions,
    clock,
  });
  const directory = createDirectory({ ...registrations, arm });
  return {
    directory,
    provider: studio.createStudioProvider({ transport, keys: directory }),
    eraser: await createStudioEraser(config, { ...outside, keys: directory, clock }),
  };
}

type EraserParts = Pick<Parameters<typeof createEraser>[0], "transport" | "keys" | "clock"> & {
  readonly credential: ManagedIdentityCredential;
};

/** The eraser; its calls to ARM stay within the limits that all workers of our identity share. */
async function createStudioEraser(config: Config, parts: EraserParts): Promise<Stage["eraser"]> {
  const { transport, credential, clock } = parts;
  const [{ TableClient }, { tableLimiter }, calls, { createArmSender }, erasers] =
    await Promise.all([
      import("@azure/data-tables"),
      import("./adapters/table-limiter.ts"),
      import("./providers/arm/calls.ts"),
      import("./providers/arm/sender.ts"),
      import("./providers/eraser.ts"),
    ]);
  const table = new TableClient(config.storage.tableUrl, "limits", credential);
  return erasers.createEraser({
    ...parts,
    managementUrl: managementUrlOf,
    arm: createArmSender({ endpoint: config.arm.url, credential, transport, clock }),
    limiter: tableLimiter(table, clock, (bucket) => ARM_LIMITS[calls.bucketKind(bucket)]),
    principal: config.clientId ?? "system-assigned",
    settings: config.erasure,
  });
}

/** What ARM lets a principal do in a subscription: so many calls at once, and so many more a second. */
const ARM_LIMITS = {
  reads: { capacity: 250, refillPerSecond: 25 },
  deletes: { capacity: 200, refillPerSecond: 10 },
} as const;

/** The web services' API is at `management.` where the Studio API is at `studioapi.`. */
function managementUrlOf(studioUrl: string): string {
  return studioUrl.replace("studioapi.", "management.");
}
