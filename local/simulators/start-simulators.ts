import { createArmHandler } from "./arm/arm-surface.ts";
import { createMovableClock, type MovableClock } from "./clock.ts";
import { CallLog } from "./control/call-log.ts";
import { createControlHandler } from "./control/control-surface.ts";
import { type Fault, FaultPlan } from "./control/faults.ts";
import { SwitchBoard, type SwitchChange } from "./control/switches.ts";
import { createEntraHandler, jwksUri } from "./entra/entra-surface.ts";
import { createIdentityHandler, IDENTITY_PATH } from "./entra/identity-endpoint.ts";
import { createTokenIssuer } from "./entra/token-issuer.ts";
import { createEstate, type Estate, type EstateOptions } from "./estate/estate.ts";
import { createExecutionHandler } from "./execution/execution-surface.ts";
import { type Certificate, type HttpServer, openHttpServer } from "./http/http-server.ts";
import type { Handler } from "./http/router.ts";
import { createSurface } from "./http/surface.ts";
import { SURFACE_NAMES, type SurfaceName } from "./http/surface-name.ts";
import { VaultStore } from "./key-vault/vault-store.ts";
import { createVaultHandler } from "./key-vault/vault-surface.ts";
import { createManagementHandler } from "./management/management-surface.ts";
import { SUBSCRIPTIONS, TENANT_ID } from "./seed/people.ts";
import { createStorageHandler } from "./storage/storage-surface.ts";
import { createStudioHandler } from "./studio/studio-surface.ts";

/** How the simulators are started. */
export type SimulatorOptions = EstateOptions & {
  /** For all surfaces but identity and control, which speak plain HTTP; valid for 127.0.0.1. */
  readonly certificate: Certificate;
  /** Value of `IDENTITY_HEADER`. */
  readonly identityHeader: string;
  /** Where the signing key and the vault are kept; in memory when left out. */
  readonly dataFolder?: string;
  /** 0, the default, takes any free port. */
  readonly ports?: Partial<Record<SurfaceName, number>>;
  /** How long tokens are good for; an hour when left out. */
  readonly tokenLifetimeSeconds?: number;
  /** Where the switches stand at the start, and after a reset. */
  readonly switches?: SwitchChange;
  /** Faults in force from the start. */
  readonly faults?: readonly Fault[];
  /** Clock of Studio and storage; tokens always follow the machine's. */
  readonly clock?: MovableClock;
};

/** Where everything is: what `main.ts` prints after `READY`. */
export type SimulatorAddresses = Readonly<Record<SurfaceName, string>> & {
  readonly tenantId: string;
  readonly subscriptions: readonly string[];
  readonly issuer: string;
  readonly jwks: string;
};

/** Running simulators. Disposing them closes every port. */
export interface Simulators extends AsyncDisposable {
  readonly addresses: SimulatorAddresses;
  readonly switches: SwitchBoard;
  readonly faults: FaultPlan;
  readonly callLog: CallLog;
  readonly estate: Estate;
}

/** The key that the app signs receipts with, by its default name. */
const RECEIPT_KEY = "receipts";

/** Clients call these on the loopback interface without TLS, as they do on App Service. */
const PLAIN_SURFACES: ReadonlySet<SurfaceName> = new Set(["identity", "control"]);

/** Starts all surfaces on 127.0.0.1. Throws, with nothing left open, when a port is taken. */
export async function startSimulators(options: SimulatorOptions): Promise<Simulators> {
  const servers = await openServers(options);
  try {
    return await serveAll(servers, options);
  } catch (error) {
    await closeAll(servers);
    throw error;
  }
}

type Servers = Readonly<Record<SurfaceName, HttpServer>>;

async function openServers({ certificate, ports = {} }: SimulatorOptions): Promise<Servers> {
  const opened: Partial<Record<SurfaceName, HttpServer>> = {};
  try {
    for (const name of SURFACE_NAMES) {
      const isPlain = PLAIN_SURFACES.has(name);
      opened[name] = await openHttpServer(ports[name] ?? 0, isPlain ? null : certificate);
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  return opened as Servers; // the loop ran over every name
}

async function serveAll(servers: Servers, options: SimulatorOptions): Promise<Simulators> {
  const { dataFolder = null, clock = createMovableClock() } = options;
  const callLog = new CallLog(clock);
  const faults = new FaultPlan();
  faults.add(options.faults ?? []);
  const switches = new SwitchBoard(options.switches);
  const estate = createEstate(clock.now(), options);
  const issuer = await createTokenIssuer(
    servers.entra.origin,
    TENANT_ID,
    dataFolder,
    options.tokenLifetimeSeconds,
  );
  const store = await VaultStore.open(dataFolder);
  // A deployment makes this key with the vault.
  if (store.keyVersions(RECEIPT_KEY).length === 0) await store.addKey(RECEIPT_KEY);
  const common = {
    estate,
    clock,
    switches,
    studioOrigin: servers.studio.origin,
    storageOrigin: servers.storage.origin,
    executionOrigin: servers.execution.origin,
  };
  const handlers: Record<SurfaceName, Handler> = {
    studio: createStudioHandler(common),
    management: createManagementHandler(common),
    storage: createStorageHandler(common),
    execution: createExecutionHandler(common),
    arm: createArmHandler({ ...common, issuer, origin: servers.arm.origin }),
    entra: createEntraHandler(servers.entra.origin, issuer),
    vault: createVaultHandler({ origin: servers.vault.origin, issuer, store }),
    identity: createIdentityHandler(issuer, options.identityHeader),
    control: createControlHandler({ estate, callLog, faults, switches, clock }),
  };
  for (const name of SURFACE_NAMES) {
    const { origin } = servers[name];
    servers[name].serve(createSurface(name, origin, { callLog, faults }, handlers[name]));
  }
  return {
    addresses: addressesOf(servers, issuer.issuer),
    switches,
    faults,
    callLog,
    estate,
    [Symbol.asyncDispose]: () => closeAll(servers),
  };
}

function addressesOf(servers: Servers, issuer: string): SimulatorAddresses {
  return {
    studio: servers.studio.origin,
    management: servers.management.origin,
    storage: servers.storage.origin,
    arm: servers.arm.origin,
    entra: servers.entra.origin,
    vault: servers.vault.origin,
    identity: `${servers.identity.origin}${IDENTITY_PATH}`,
    execution: servers.execution.origin,
    control: servers.control.origin,
    tenantId: TENANT_ID,
    subscriptions: Object.values(SUBSCRIPTIONS).map(({ id }) => id),
    issuer,
    jwks: jwksUri(servers.entra.origin, TENANT_ID),
  };
}

async function closeAll(servers: Partial<Record<SurfaceName, HttpServer>>): Promise<void> {
  await Promise.all(Object.values(servers).map((server) => server.close()));
}
