import { ManagedIdentityCredential } from "@azure/identity";
import { afterAll, afterEach, vi } from "vitest";
import type { Fault } from "../../../local/simulators/control/faults.ts";
import { credentialOf, workspaceIdOf } from "../../../local/simulators/seed/derived-ids.ts";
import type { SimulatorOptions, Simulators } from "../../../local/simulators/start-simulators.ts";
import type { Asset } from "../../../shared/core/asset.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import type { Provider, SourceFile } from "../../../shared/pipeline/ports.ts";
import { allowAddresses, allowHosts } from "../../../shared/providers/allowed-hosts.ts";
import { createArmClient } from "../../../shared/providers/arm/client.ts";
import { type ArmDirectory, createArmDirectory } from "../../../shared/providers/arm/directory.ts";
import { createArmResources } from "../../../shared/providers/arm/resources.ts";
import { type ArmOptions, createArmReader } from "../../../shared/providers/arm/sender.ts";
import { createTransport, type Transport } from "../../../shared/providers/http.ts";
import { createStudioProvider } from "../../../shared/providers/studio-classic/provider.ts";
import type { WorkspaceKeys } from "../../../shared/providers/studio-classic/with-key.ts";
import { IDENTITY_HEADER, startTestSimulators } from "../simulators/test-simulators.ts";
import { collect, collectFiles } from "./collect.ts";

const clock = { now: () => new Date().toISOString() };

/** A transport that may call the simulators that hold data, and waits for nothing. */
export function transportTo(
  { addresses }: Simulators,
  otherHosts: readonly string[] = [],
): Transport {
  const { studio, management, execution, storage, arm } = addresses;
  const hosts = [studio, management, execution, storage, arm, ...otherHosts];
  return createTransport({
    allow: allowHosts(hosts, { allowLoopback: true }),
    allowAddress: allowAddresses({ allowLoopback: true }),
    clock,
    random: () => 0,
    pause: async () => undefined,
  });
}

/** The directory on the simulated ARM, with the token of a managed identity. */
export function directoryOn(simulators: Simulators): ArmDirectory {
  const arm = createArmClient(armOptions(simulators));
  return createArmDirectory({ arm, subscriptionIds: simulators.addresses.subscriptions, clock });
}

function armOptions(simulators: Simulators): ArmOptions {
  const { addresses } = simulators;
  vi.stubEnv("IDENTITY_ENDPOINT", addresses.identity);
  vi.stubEnv("IDENTITY_HEADER", IDENTITY_HEADER);
  return {
    endpoint: addresses.arm,
    credential: new ManagedIdentityCredential(),
    transport: transportTo(simulators),
    clock,
  };
}

/** A seeded workspace as it is without ARM, for those that ARM does not know. */
export function seededWorkspace({ addresses }: Simulators, key: string): Workspace {
  return {
    workspaceId: workspaceIdOf(key),
    armId: null,
    name: key,
    accountType: "free",
    studioUrl: addresses.studio,
    createdAt: null,
  };
}

/** Hands out the token of a seeded workspace. */
export function seededKeys(key: string): WorkspaceKeys {
  return { keyOf: async () => credentialOf(`token1:${key}`), drop: () => undefined };
}

/** Running simulators, and contoso-churn seen through the directory and the provider. */
export type Estate = AsyncDisposable & {
  readonly simulators: Simulators;
  readonly churn: Workspace;
  readonly provider: Provider;
  readonly assets: readonly Asset[];
};

/** The id of contoso-churn. */
export const CHURN_ID = "b577bbf6c46640c822e2a6e3d255d437";

/**
 * Starts simulators for the tests of one file and takes the inventory of contoso-churn. Every test finds
 * the simulators without switches and faults of another; they end after the last one.
 */
export async function estateForFile(options: Partial<SimulatorOptions> = {}): Promise<Estate> {
  const estate = await openEstate(options);
  afterEach(() => {
    estate.simulators.switches.reset();
    estate.simulators.faults.clear();
  });
  afterAll(() => estate[Symbol.asyncDispose]());
  return estate;
}

async function openEstate(options: Partial<SimulatorOptions>): Promise<Estate> {
  const simulators = await startTestSimulators(options);
  const directory = directoryOn(simulators);
  const churn = await directory.find({ by: "workspace-id", workspaceId: CHURN_ID });
  const provider = providerWith(simulators, directory);
  const assets = await collect(provider.inventory(churn));
  const dispose = () => simulators[Symbol.asyncDispose]();
  return { simulators, churn, provider, assets, [Symbol.asyncDispose]: dispose };
}

/** A provider for the seeded workspace of that key. */
export function providerFor(
  simulators: Simulators,
  key: string,
  keys: WorkspaceKeys = seededKeys(key),
): Provider {
  return providerWith(simulators, keys);
}

/** A provider on the simulators, ARM included, with these keys. */
export function providerWith(simulators: Simulators, keys: WorkspaceKeys): Provider {
  const { studio, management } = simulators.addresses;
  return createStudioProvider({
    transport: transportTo(simulators),
    keys,
    clock,
    managementUrls: new Map([[studio, management]]),
    arm: createArmResources(createArmReader(armOptions(simulators))),
  });
}

/** The asset of that name. */
export function assetNamed(assets: readonly Asset[], name: string): Asset {
  const asset = assets.find((candidate) => candidate.name === name);
  if (asset === undefined) throw new Error("the workspace has no asset of that name");
  return asset;
}

/** The content of a data set of contoso-churn, by its name. */
export async function contentOf(estate: Estate, name: string): Promise<SourceFile> {
  const files = await filesOf(estate.provider, estate.churn, estate.assets, name);
  return contentAmong(files);
}

/** The content of a data set of any seeded workspace, by its name. */
export async function contentIn(
  { simulators }: Estate,
  key: string,
  name: string,
): Promise<SourceFile> {
  const workspace = seededWorkspace(simulators, key);
  const provider = providerFor(simulators, key);
  const assets = await collect(provider.inventory(workspace));
  return contentAmong(await filesOf(provider, workspace, assets, name));
}

/** Makes the first calls that fit misbehave. */
export function failOn(
  { simulators }: Estate,
  surface: "studio" | "storage",
  pathPattern: string,
  action: Fault["action"],
  times = 1,
): void {
  simulators.faults.add([{ surface, method: "GET", pathPattern, nth: 1, times, action }]);
}

async function filesOf(
  provider: Provider,
  workspace: Workspace,
  assets: readonly Asset[],
  name: string,
): Promise<readonly SourceFile[]> {
  return collectFiles(provider.files(workspace, assetNamed(assets, name)));
}

function contentAmong(files: readonly SourceFile[]): SourceFile {
  const content = files.find(({ key }) => key === "content");
  if (content === undefined) throw new Error("the data set has no content");
  return content;
}
