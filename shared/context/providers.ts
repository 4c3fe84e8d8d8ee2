import type { ManagedIdentityCredential } from "@azure/identity";
import type { Config } from "../config.ts";
import type { Clock } from "../pipeline/ports.ts";
import type { RegistrationStage } from "../pipeline/registrations.ts";
import type { Stage } from "../pipeline/stage.ts";
import type { EraserParts } from "../providers/eraser.ts";
import type { Transport } from "../providers/http.ts";

/** The part of the composition root where people's data lives: its SDKs are loaded by workers only. */

/** What calls out need. */
export type Outside = {
  readonly credential: ManagedIdentityCredential;
  readonly transport: Transport;
};

/** The transport: calls out go to the listed hosts, to the regions' and to ARM. */
export async function createTransport(
  { arm, outbound, studioRegions, managementUrls }: Config,
  clock: Clock,
): Promise<Transport> {
  const [http, hosts] = await Promise.all([
    import("../providers/http.ts"),
    import("../providers/allowed-hosts.ts"),
  ]);
  const regional = [...studioRegions.map(({ studioUrl }) => studioUrl), ...managementUrls.values()];
  const ours = [arm.url, ...regional];
  const listed = [...outbound.hosts, ...ours.map((url) => new URL(url).host)];
  const allow = hosts.allowHosts(listed, outbound);
  const allowAddress = hosts.allowAddresses(outbound);
  return http.createTransport({ allow, allowAddress, clock, random: Math.random });
}

/** The directory, the provider and the eraser. */
export async function createProviders(
  config: Config,
  registrations: RegistrationStage,
  outside: Outside,
): Promise<Pick<Stage, "directory" | "provider" | "eraser">> {
  const [client, directories, sender, resources, { createDirectory }, studio] = await Promise.all([
    import("../providers/arm/client.ts"),
    import("../providers/arm/directory.ts"),
    import("../providers/arm/sender.ts"),
    import("../providers/arm/resources.ts"),
    import("../providers/directory.ts"),
    import("../providers/studio-classic/provider.ts"),
  ]);
  const { clock } = registrations;
  const { transport } = outside;
  const toArm = { endpoint: config.arm.url, clock, ...outside };
  const arm = directories.createArmDirectory({
    arm: client.createArmClient(toArm),
    subscriptionIds: config.arm.subscriptions,
    clock,
  });
  const directory = createDirectory({ ...registrations, arm });
  const { managementUrls } = config;
  const workspaces = { transport, keys: directory, clock, managementUrls };
  return {
    directory,
    provider: studio.createStudioProvider({
      ...workspaces,
      arm: resources.createArmResources(sender.createArmReader(toArm)),
    }),
    eraser: await createStudioEraser(config, outside, {
      ...workspaces,
      arm: sender.createArmSender(toArm),
    }),
  };
}

/** The eraser; its calls to ARM stay within the limits that all workers of our identity share. */
async function createStudioEraser(
  { storage, clientId, armLimits, erasure }: Config,
  { credential }: Outside,
  parts: Omit<EraserParts, "limiter" | "principal" | "settings">,
): Promise<Stage["eraser"]> {
  const [{ TableClient }, { tableLimiter }, { bucketKind }, { createEraser }] = await Promise.all([
    import("@azure/data-tables"),
    import("../adapters/table-limiter.ts"),
    import("../providers/arm/calls.ts"),
    import("../providers/eraser.ts"),
  ]);
  const table = new TableClient(storage.tableUrl, "limits", credential);
  return createEraser({
    ...parts,
    limiter: tableLimiter(table, parts.clock, (bucket) => armLimits[bucketKind(bucket)]),
    principal: clientId ?? "system-assigned",
    settings: erasure,
  });
}
