import type { Asset } from "../../core/asset.ts";
import type { Subject } from "../../core/person.ts";
import { AppError } from "../../errors.ts";
import type { Clock, Provider } from "../../pipeline/ports.ts";
import type { ArmResources } from "../arm/resources.ts";
import type { Transport } from "../http.ts";
import { createMemory } from "../memory.ts";
import { armServiceFiles, planFiles } from "./arm-files.ts";
import { createStudioClient } from "./client.ts";
import {
  gatewayFiles,
  groupFiles,
  moduleFiles,
  notebookFiles,
  projectFiles,
} from "./collection-files.ts";
import { contentFiles } from "./content-files.ts";
import { experimentFiles } from "./experiment-files.ts";
import { inventory } from "./inventory.ts";
import { documentFile, type Part } from "./parts.ts";
import { ownEntries, personIn } from "./person.ts";
import { plainAssets, plainPaths } from "./plain-names.ts";
import { type Source, sourceOf } from "./source.ts";
import { endpointFiles, webServiceFiles } from "./web-service-files.ts";
import type { WorkspaceKeys } from "./with-key.ts";

/** How long lists are remembered, and how many: a few of each workspace that is being exported. */
const MEMORY_MS = 60_000;
const MEMORY_SIZE = 64;

/**
 * The provider for Studio (classic). Documents come as received, without the credentials in them; data, models, node
 * results and logs come byte for byte.
 *
 * Samples, and assets of other workspaces, are never listed, and asking for their files throws
 * `asset-not-found`. A call that is refused is made once more with a fresh token. Beyond the codes of
 * `Provider`, a workspace that is gone throws `workspace-not-found`.
 *
 * `managementUrls` are the origins of the management API by those of the Studio API. Without `arm`, nothing is asked
 * of Azure Resource Manager.
 */
export function createStudioProvider(parts: {
  readonly transport: Transport;
  readonly keys: WorkspaceKeys;
  readonly clock: Clock;
  readonly managementUrls: ReadonlyMap<string, string>;
  readonly arm: ArmResources | null;
}): Provider {
  const { transport, keys, clock, arm } = parts;
  const client = createStudioClient(transport, parts.managementUrls);
  const memory = createMemory(clock, MEMORY_MS, MEMORY_SIZE);
  const shared = { client, transport, keys, clock, arm, memory };
  return {
    inventory: (workspace) => {
      const source = sourceOf(shared, workspace);
      return plainAssets(source, inventory(source));
    },
    files: (workspace, asset, subject) => {
      const source = sourceOf(shared, workspace);
      return plainPaths(source, files(source, asset, subject));
    },
    person: (workspace, subject) => personIn(sourceOf(shared, workspace), subject),
  };
}

const NOBODY = { names: new Set<string>() };

/** The files of an asset by its kind; the compiler names the kinds that are left out. */
async function* files(
  source: Source,
  { kind, sourceId, createdAt }: Asset,
  subject: Subject | undefined,
): AsyncGenerator<Part> {
  switch (kind) {
    case "workspace-settings": {
      const { text } = await source.ask((client, access) => client.settings(access));
      yield await documentFile(source, "settings", ["workspace.json"], text);
      return;
    }
    case "users": {
      const { text } = await source.ask((client, access) => client.users(access));
      const person = subject === undefined ? null : await personIn(source, subject);
      // Who is not among the users any more has no entry; others' entries are not theirs.
      const own = subject === undefined ? text : ownEntries(text, person ?? NOBODY);
      yield await documentFile(source, "users", ["users.json"], own);
      return;
    }
    case "project":
      return yield* projectFiles(source, sourceId);
    case "dataset":
      return yield* contentFiles(source, "datasets", sourceId);
    case "trained-model":
      return yield* contentFiles(source, "models", sourceId);
    case "transform":
      return yield* contentFiles(source, "transforms", sourceId);
    case "custom-module":
      return yield* moduleFiles(source, sourceId);
    case "experiment":
      return yield* experimentFiles(source, sourceId);
    case "notebook":
      return yield* notebookFiles(source, sourceId);
    case "gateway":
      return yield* gatewayFiles(source, sourceId);
    case "web-service":
      return yield* webServiceFiles(source, sourceId);
    case "web-service-endpoint":
      return yield* endpointFiles(source, sourceId, createdAt);
    case "web-service-group":
      return yield* groupFiles(source, sourceId);
    case "arm-web-service":
      return yield* armServiceFiles(source, sourceId);
    case "commitment-plan":
      return yield* planFiles(source, sourceId);
    case "workspace":
      throw new AppError("not-supported", "A workspace is exported by what is in it");
  }
}
