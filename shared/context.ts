import type { ManagedIdentityCredential } from "@azure/identity";
import { entraTokens } from "./adapters/entra-tokens.ts";
import { systemClock } from "./adapters/system-clock.ts";
import type { Config } from "./config.ts";
import type { Caller } from "./core/caller.ts";
import type { Clock } from "./pipeline/ports.ts";
import type { OwnStage, Stage } from "./pipeline/stage.ts";
import type { createEraser } from "./providers/eraser.ts";
import { lineTelemetry, type Telemetry } from "./telemetry.ts";

/** The composition root: builds clients, adapters and providers, each when it is first needed. */

/** What the doors need of the stages: no provider, so that they load no SDK for one. */
export type Intake = OwnStage;

/** What the functions are given. */
export type Context = {
  readonly telemetry: Telemetry;
  /** The caller of an `Authorization` header. Throws `unauthenticated`. */
  verifyToken(authorization: string | null): Promise<Caller>;
  intake(): Promise<Intake>;
  stage(): Promise<Stage>;
};

/** Builds the context. Nothing is connected, and no SDK loaded, before a function runs. */
export function createContext(config: Config, clock: Clock = systemClock): Context {
  const telemetry = lineTelemetry(
    (line) => console.log(line),
    () => clock.now(),
  );
  const credential = once(() => createCredential(config));
  const intake = once(() => createIntake(config, clock, telemetry, credential));
  return {
    telemetry,
    verifyToken: entraTokens(config.auth),
    intake,
    stage: once(async () => ({
      ...(await intake()),
      ...(await createProviders(config, clock, await credential())),
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
  return {
    ...tables,
    bus: serviceBus(() => connectBus(config, credential)),
    packages: blobPackages(blobs, clock),
    clock,
    random: Math.random,
    telemetry,
    pace: config.pace,
    pseudonymKey: config.pseudonymKey,
  };
}

type Tables = Pick<
  Stage,
  "ledger" | "slices" | "intents" | "controls" | "claims" | "dueIndex" | "list"
>;

async function createTables(
  { storage }: Config,
  credential: () => Promise<ManagedIdentityCredential>,
): Promise<Tables> {
  const [
    { TableClient },
    { tableLedger },
    { tableSlices },
    { tableIntents },
    { tableControls },
    { tableClaims },
    { tableDueIndex },
    { tableRequestList },
  ] = await Promise.all([
    import("@azure/data-tables"),
    import("./adapters/table-ledger.ts"),
    import("./adapters/table-slices.ts"),
    import("./adapters/table-intents.ts"),
    import("./adapters/table-controls.ts"),
    import("./adapters/table-claims.ts"),
    import("./adapters/table-due-index.ts"),
    import("./adapters/table-request-list.ts"),
  ]);
  const identity = await credential();
  const table = (name: string) => new TableClient(storage.tableUrl, name, identity);
  const requests = table("requests");
  return {
    ledger: tableLedger(requests),
    slices: tableSlices(requests),
    intents: tableIntents(requests),
    controls: tableControls(table("controls")),
    claims: tableClaims(table("claims")),
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

async function createProviders(
  config: Config,
  clock: Clock,
  credential: ManagedIdentityCredential,
): Promise<Pick<Stage, "directory" | "provider" | "eraser">> {
  const { arm, outbound } = config;
  const [http, hosts, client, directories, studio] = await Promise.all([
    import("./providers/http.ts"),
    import("./providers/allowed-hosts.ts"),
    import("./providers/arm/client.ts"),
    import("./providers/arm/directory.ts"),
    import("./providers/studio-classic/provider.ts"),
  ]);
  const allow = hosts.allowHosts([...outbound.hosts, new URL(arm.url).host], outbound);
  const transport = http.createTransport({ allow, clock, random: Math.random });
  const directory = directories.createArmDirectory({
    arm: client.createArmClient({ endpoint: arm.url, credential, transport, clock }),
    subscriptionIds: arm.subscriptions,
    clock,
  });
  return {
    directory,
    provider: studio.createStudioProvider({ transport, keys: directory }),
    eraser: await createStudioEraser(config, { transport, keys: directory, clock, credential }),
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
