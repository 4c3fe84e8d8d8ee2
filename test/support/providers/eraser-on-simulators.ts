import type { TokenCredential } from "@azure/identity";
import { afterEach, beforeEach } from "vitest";
import { workspaceIdOf } from "../../../local/simulators/seed/derived-ids.ts";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import type { Asset, AssetKind } from "../../../shared/core/asset.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import type { Eraser, Limiter } from "../../../shared/pipeline/ports.ts";
import { createArmClient } from "../../../shared/providers/arm/client.ts";
import { createArmDirectory } from "../../../shared/providers/arm/directory.ts";
import { createArmSender } from "../../../shared/providers/arm/sender.ts";
import type { ErasureSettings } from "../../../shared/providers/erasable.ts";
import { createEraser } from "../../../shared/providers/eraser.ts";
import type { WorkspaceKeys } from "../../../shared/providers/studio-classic/with-key.ts";
import { memoryClock } from "../memory/clock.ts";
import { noLimiter } from "../memory/limiter.ts";
import { type Answer, listStudio, resourceToken } from "../simulators/simulator-calls.ts";
import { startTestSimulators } from "../simulators/test-simulators.ts";
import { armAsset } from "./arm-to-erase.ts";
import { seededKeys, seededWorkspace, transportTo } from "./provider-on-simulators.ts";

/** An eraser on running simulators, with all that a test of deletions needs. */
export type ErasingEstate = AsyncDisposable & {
  readonly simulators: Simulators;
  /** A paid workspace as ARM tells of it, by its key. */
  paid(key: string): Promise<Workspace>;
  /** The eraser, with those calls allowed that no client made in public, or not. */
  eraser(settings?: Partial<ErasureSettings>, limiter?: Limiter, keys?: WorkspaceKeys): Eraser;
};

/** Starts simulators that hold all that is seeded. These other hosts may be called too. */
export async function openErasingEstate(
  otherHosts: readonly string[] = [],
): Promise<ErasingEstate> {
  const simulators = await startTestSimulators();
  const transport = transportTo(simulators, otherHosts);
  const clock = memoryClock();
  const { arm: endpoint, subscriptions } = simulators.addresses;
  const credential = credentialFor(simulators);
  const options = { endpoint, credential, transport, clock };
  const arm = createArmClient(options);
  const directory = createArmDirectory({ arm, subscriptionIds: subscriptions, clock });
  return {
    simulators,
    paid: (key) => directory.find({ by: "workspace-id", workspaceId: workspaceIdOf(key) }),
    eraser: (settings = {}, limiter = noLimiter, keys = directory) =>
      createEraser({
        transport,
        keys,
        managementUrls: new Map([[simulators.addresses.studio, simulators.addresses.management]]),
        arm: createArmSender(options),
        limiter,
        principal: "system",
        clock,
        settings: { unverifiedCalls: false, freeWorkspaceDelete: false, ...settings },
      }),
    [Symbol.asyncDispose]: () => simulators[Symbol.asyncDispose](),
  };
}

/** The managed identity of these simulators; the client's own credential keeps the tokens of earlier ones. */
function credentialFor(simulators: Simulators): TokenCredential {
  return {
    getToken: async () => ({
      token: await resourceToken(simulators, "https://management.azure.com/"),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
}

/** Opens an estate before each test of a file or block, since tests delete; `current` gives it. */
export function estateForEachTest(): { readonly current: () => ErasingEstate } {
  let estate: ErasingEstate | undefined;
  const close = async () => {
    await estate?.[Symbol.asyncDispose]();
    estate = undefined;
  };
  beforeEach(async () => {
    estate = await openErasingEstate();
  });
  afterEach(close);
  return {
    current: () => {
      if (estate === undefined) throw new Error("there is no estate outside a test");
      return estate;
    },
  };
}

/** The eraser for a free or guest workspace, which is opened by its seeded token. */
export function eraserFor(
  estate: ErasingEstate,
  key: string,
  settings: Partial<ErasureSettings> = {},
): { readonly eraser: Eraser; readonly workspace: Workspace } {
  const workspace: Workspace = {
    ...seededWorkspace(estate.simulators, key),
    accountType: key.startsWith("G") ? "guest" : "free",
  };
  return { workspace, eraser: estate.eraser(settings, noLimiter, seededKeys(key)) };
}

const LISTS = {
  dataset: ["/datasources", "Id"],
  "trained-model": ["/trainedmodels", "Id"],
  transform: ["/transformmodules", "Id"],
  "custom-module": ["/modules", "Id"],
  experiment: ["/experiments?includeArchived=true", "ExperimentId"],
  project: ["/projectcontainers", "ContainerId"],
  gateway: ["/gateways", "GatewayName"],
  "web-service-group": ["/webservicegroups", "Id"],
} as const satisfies Partial<Record<AssetKind, readonly [path: string, member: string]>>;

/** The workspace's own assets of a kind, straight from the list. */
export async function listedAssets(
  { simulators }: ErasingEstate,
  key: string,
  kind: keyof typeof LISTS,
): Promise<readonly Asset[]> {
  const [path, member] = LISTS[kind];
  const items = await listStudio(simulators, key, path);
  return items
    .map((item: Answer) => ({ ...armAsset(kind, String(item[member])), name: nameOf(item) }))
    .filter(({ sourceId }) => !sourceId.includes(".") || sourceId.startsWith(workspaceIdOf(key)));
}

function nameOf(item: Answer): string {
  return String(item["Name"] ?? item["Description"]);
}

/** The asset of that name. */
export async function listedAsset(
  estate: ErasingEstate,
  key: string,
  kind: keyof typeof LISTS,
  name?: string,
): Promise<Asset> {
  const all = await listedAssets(estate, key, kind);
  const asset = name === undefined ? all[0] : all.find((one) => one.name === name);
  if (asset === undefined) throw new Error(`The workspace has no such ${kind}`);
  return asset;
}

/** The calls that a simulator got: method and path. */
export function callLines({ simulators }: ErasingEstate, method: string): readonly string[] {
  return simulators.callLog
    .list()
    .filter((call) => call.method === method)
    .map(({ path }) => path);
}
