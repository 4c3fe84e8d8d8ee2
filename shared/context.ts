import type { ManagedIdentityCredential } from "@azure/identity";
import { entraTokens } from "./adapters/entra-tokens.ts";
import { systemClock } from "./adapters/system-clock.ts";
import type { Config } from "./config.ts";
import type { Caller } from "./core/caller.ts";
import { QUEUES } from "./core/messages.ts";
import { reachOf } from "./core/reach.ts";
import { REJECTED_QUEUE } from "./core/ticket.ts";
import type { Clock, DeadLetters } from "./pipeline/ports.ts";
import type { RegistrationStage } from "./pipeline/registrations.ts";
import type { Stage } from "./pipeline/stage.ts";
import type { Transport } from "./providers/http.ts";
import { lineTelemetry, type Telemetry } from "./telemetry.ts";

/** The composition root: builds clients, adapters and providers, each when it is first needed. */

/** What the doors need of the stages: no provider, so that they load no SDK for one. */
export type Intake = Omit<Stage, "directory" | "provider">;

/** What the functions are given. */
export type Context = {
  readonly telemetry: Telemetry;
  /** The caller of an `Authorization` header. Throws `unauthenticated`. */
  verifyToken(authorization: string | null): Promise<Caller>;
  intake(): Promise<Intake>;
  stage(): Promise<Stage>;
  registrations(): Promise<RegistrationStage>;
  deadLetters(): Promise<DeadLetters>;
};

/** Builds the context. Nothing is connected, and no SDK loaded, before a function runs. */
export function createContext(config: Config, clock: Clock = systemClock): Context {
  const telemetry = lineTelemetry(
    (line) => console.log(line),
    () => clock.now(),
  );
  const credential = once(() => createCredential(config));
  const intake = once(() => createIntake(config, clock, telemetry, credential));
  const transport = once(() => createTransport(config, clock));
  const registrations = once(async () => ({
    ...(await createRegistrations(config, await credential(), await transport())),
    clock,
    telemetry,
  }));
  return {
    telemetry,
    verifyToken: entraTokens(config.auth),
    intake,
    deadLetters: once(async () => {
      const { busDeadLetters } = await import("./adapters/bus-dead-letters.ts");
      const client = once(() => connectBus(config, credential));
      return busDeadLetters(client, queuesOf(config));
    }),
    registrations,
    stage: once(async () => ({
      ...(await intake()),
      ...(await createProviders(config, await registrations(), {
        credential: await credential(),
        transport: await transport(),
      })),
    })),
  };
}

async function createIntake(
  config: Config,
  clock: Clock,
  telemetry: Telemetry,
  credential: () => Promise<ManagedIdentityCredential>,
): Promise<Intake> {
  const [tables, { blobPackages }, { serviceBus }, { BlobServiceClient }] = await Promise.all([
    createTables(config, credential),
    import("./adapters/blob-packages.ts"),
    import("./adapters/service-bus.ts"),
    import("@azure/storage-blob"),
  ]);
  const retryOptions = { maxTries: 4, retryDelayInMs: 500, maxRetryDelayInMs: 8_000 };
  const options = { retryOptions };
  const blobs = new BlobServiceClient(config.storage.blobUrl, await credential(), options);
  const bus = serviceBus(() => connectBus(config, credential));
  return {
    ...tables,
    bus,
    post: bus,
    reach: reachOf(config.callers),
    packages: blobPackages(blobs, clock),
    clock,
    random: Math.random,
    telemetry,
    pace: config.pace,
    organization: config.organization,
    pseudonymKey: config.pseudonymKey,
  };
}

async function createTables(
  { storage }: Config,
  credential: () => Promise<ManagedIdentityCredential>,
): Promise<Pick<Stage, "ledger" | "slices" | "dueIndex" | "list">> {
  const [
    { TableClient },
    { tableLedger },
    { tableSlices },
    { tableDueIndex },
    { tableRequestList },
  ] = await Promise.all([
    import("@azure/data-tables"),
    import("./adapters/table-ledger.ts"),
    import("./adapters/table-slices.ts"),
    import("./adapters/table-due-index.ts"),
    import("./adapters/table-request-list.ts"),
  ]);
  const identity = await credential();
  const table = (name: string) => new TableClient(storage.tableUrl, name, identity);
  const requests = table("requests");
  return {
    ledger: tableLedger(requests),
    slices: tableSlices(requests),
    dueIndex: tableDueIndex(table("due")),
    list: tableRequestList(table("list")),
  };
}

async function connectBus(
  { serviceBus: { namespace, connectionString } }: Config,
  credential: () => Promise<ManagedIdentityCredential>,
) {
  const [{ ServiceBusClient }, { BUS_RETRY }] = await Promise.all([
    import("@azure/service-bus"),
    import("./adapters/service-bus.ts"),
  ]);
  const options = { retryOptions: BUS_RETRY };
  return connectionString === null
    ? new ServiceBusClient(namespace ?? "", await credential(), options)
    : new ServiceBusClient(connectionString, options);
}

/** Every queue that has dead letters of ours. */
function queuesOf({ ticketQueues }: Config): readonly string[] {
  const ours = [...Object.values(QUEUES), ...ticketQueues.map(({ queue }) => queue)];
  return [...new Set([...ours, REJECTED_QUEUE])];
}

/** Calls out go to the listed hosts, to the regions' and to ARM. */
async function createTransport(
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

async function createRegistrations(
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

async function createProviders(
  config: Config,
  registrations: RegistrationStage,
  outside: { readonly credential: ManagedIdentityCredential; readonly transport: Transport },
): Promise<Pick<Stage, "directory" | "provider">> {
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
  return { directory, provider: studio.createStudioProvider({ transport, keys: directory }) };
}

async function createCredential({ clientId }: Config): Promise<ManagedIdentityCredential> {
  const identity = await import("@azure/identity");
  return clientId === null
    ? new identity.ManagedIdentityCredential()
    : new identity.ManagedIdentityCredential({ clientId });
}

/** Makes a thing at the first call; a failure is forgotten, so that the next call tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
