import type { ManagedIdentityCredential } from "@azure/identity";
import { eventMetrics } from "./adapters/event-metrics.ts";
import { systemClock } from "./adapters/system-clock.ts";
import type { Config } from "./config.ts";
import { once } from "./context/once.ts";
import { createProviders, createTransport } from "./context/providers.ts";
import { createRegistrations } from "./context/registrations.ts";
import type { Caller } from "./core/caller.ts";
import type { Clock, DeadLetterQueues } from "./pipeline/ports.ts";
import type { RegistrationStage } from "./pipeline/registrations.ts";
import type { OwnStage, Stage } from "./pipeline/stage.ts";
import type { UpkeepStage } from "./pipeline/upkeep.ts";
import { type Fields, type Telemetry, telemetryTo } from "./telemetry.ts";

/**
 * The composition root: builds clients, adapters and providers, each when it is first needed. Their modules are
 * loaded then too, so that the start of an app takes in none of them.
 */

/** What the doors need of the stages: no provider, so that they load no SDK for one. */
export type Intake = OwnStage;

/** What the functions are given. */
export type Context = {
  readonly telemetry: Telemetry;
  /** The caller of an `Authorization` header. Throws `unauthenticated`. */
  verifyToken(authorization: string | null): Promise<Caller>;
  intake(): Promise<Intake>;
  stage(): Promise<Stage>;
  registrations(): Promise<RegistrationStage>;
  /** Starts sending traces and metrics where settings say so; the returned function sends the rest and ends. */
  startTelemetry(): Promise<() => Promise<void>>;
  /** What the timers need: no provider. */
  upkeep(): Promise<UpkeepStage>;
  /** The dead letters that an Operator looks through. */
  deadLetterQueues(): Promise<DeadLetterQueues>;
};

/** Builds the context. Nothing is connected, and no SDK loaded, before a function runs. */
export function createContext(config: Config, clock: Clock = systemClock): Context {
  const telemetry = createTelemetry(clock);
  const credential = once(() => createCredential(config));
  const intake = once(() => createIntake(config, clock, telemetry, credential));
  const transport = once(() => createTransport(config, clock));
  // Apart from the connection that sends: that one can be given up by whoever sends.
  const receiving = once(() => connectBus(config, credential));
  const tokens = once(async () => {
    const { entraTokens } = await import("./adapters/entra-tokens.ts");
    return entraTokens(config.auth);
  });
  const registrations = once(async () => ({
    ...(await createRegistrations(config, await credential(), await transport())),
    clock,
    telemetry,
  }));
  return {
    telemetry,
    verifyToken: async (authorization) => (await tokens())(authorization),
    intake,
    deadLetterQueues: once(async () => {
      const { busDeadLetterQueues } = await import("./adapters/bus-dead-letter-queues.ts");
      return busDeadLetterQueues(receiving, await queuesOf(config));
    }),
    registrations,
    startTelemetry: async () => {
      const { startOpenTelemetry } = await import("./adapters/open-telemetry.ts");
      return startOpenTelemetry({ ...config.telemetry, serviceName: nameOf(config), credential });
    },
    upkeep: once(async () => {
      const { serviceBusDeadLetters } = await import("./adapters/service-bus-dead-letters.ts");
      const deadLetters = serviceBusDeadLetters(receiving);
      return { ...(await registrations()), ...(await intake()), deadLetters };
    }),
    stage: once(async () => ({
      ...(await intake()),
      ...(await createProviders(config, await registrations(), {
        credential: await credential(),
        transport: await transport(),
      })),
    })),
  };
}

/** The name of the app that runs these groups; the whole app is plain `studio-dsr`. */
function nameOf({ groups }: Config): string {
  return groups.length === 1 ? `studio-dsr-${groups[0]}` : "studio-dsr";
}

/** Events go out as lines, and to OpenTelemetry, which keeps them only when it was started. */
function createTelemetry(clock: Clock): Telemetry {
  const measured = eventMetrics();
  const line = (event: string, fields: Fields) =>
    console.log(JSON.stringify({ at: clock.now(), event, ...fields }));
  return telemetryTo((event, fields) => {
    line(event, fields);
    measured(event, fields);
  });
}

async function createIntake(
  config: Config,
  clock: Clock,
  telemetry: Telemetry,
  credential: () => Promise<ManagedIdentityCredential>,
): Promise<Intake> {
  const [
    tables,
    { reachOf },
    { createReceipts },
    { blobPackages },
    { serviceBus },
    { BlobServiceClient },
  ] = await Promise.all([
    createTables(config, credential),
    import("./core/reach.ts"),
    import("./context/receipts.ts"),
    import("./adapters/blob-packages.ts"),
    import("./adapters/service-bus.ts"),
    import("@azure/storage-blob"),
  ]);
  const retryOptions = { maxTries: 4, retryDelayInMs: 500, maxRetryDelayInMs: 8_000 };
  const options = { retryOptions };
  const identity = await credential();
  const blobs = new BlobServiceClient(config.storage.blobUrl, identity, options);
  const bus = serviceBus(() => connectBus(config, credential));
  return {
    ...tables,
    ...createReceipts(config, clock, blobs, identity),
    bus,
    post: bus,
    reach: reachOf(config.callers),
    packages: blobPackages(blobs, clock, { withBlockMd5: config.storage.withBlockMd5 }),
    clock,
    random: Math.random,
    telemetry,
    pace: config.pace,
    organization: config.organization,
    statutory: config.statutory,
    pseudonymKey: config.pseudonymKey,
  };
}

type Tables = Pick<
  Stage,
  | "ledger"
  | "slices"
  | "intents"
  | "controls"
  | "claims"
  | "dueIndex"
  | "purgeIndex"
  | "deadlineIndex"
  | "list"
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
  const due = table("due");
  return {
    ledger: tableLedger(requests),
    slices: tableSlices(requests),
    intents: tableIntents(requests),
    controls: tableControls(table("controls")),
    claims: tableClaims(table("claims")),
    dueIndex: tableDueIndex(due, "due"),
    purgeIndex: tableDueIndex(due, "purge"),
    deadlineIndex: tableDueIndex(due, "deadline"),
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
async function queuesOf({ ticketQueues }: Config): Promise<readonly string[]> {
  const [{ QUEUES }, { REJECTED_QUEUE }] = await Promise.all([
    import("./core/messages.ts"),
    import("./core/ticket.ts"),
  ]);
  const ours = [...Object.values(QUEUES), ...ticketQueues.map(({ queue }) => queue)];
  return [...new Set([...ours, REJECTED_QUEUE])];
}

async function createCredential({ clientId }: Config): Promise<ManagedIdentityCredential> {
  const identity = await import("@azure/identity");
  return clientId === null
    ? new identity.ManagedIdentityCredential()
    : new identity.ManagedIdentityCredential({ clientId });
}
