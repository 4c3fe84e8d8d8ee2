import type { Asset } from "../../core/asset.ts";
import type { Workspace } from "../../core/request.ts";
import { AppError, isCode } from "../../errors.ts";
import type { Provider, SourceFile } from "../../pipeline/ports.ts";
import type { Transport } from "../http.ts";
import { createRedactor } from "../redaction/redact.ts";
import { datasetAsset, experimentAsset, isOwn, settingsAsset, usersAsset } from "./assets.ts";
import { type Access, createStudioClient, type StudioClient } from "./client.ts";
import { contentName } from "./content-name.ts";
import { openContent } from "./download.ts";
import { guestAsk } from "./guest-ask.ts";

/** The tokens that open workspaces. They are never stored, logged or put into errors. */
export interface WorkspaceKeys {
  /** The workspace's token. Throws as `Directory` does. */
  keyOf(workspace: Workspace): Promise<string>;
  /** Forgets a token that was refused, so that the next call gets a fresh one. */
  drop(workspace: Workspace): void;
}

/** Calls the API of one workspace with its token. */
export type Ask = <T>(call: (client: StudioClient, access: Access) => Promise<T>) => Promise<T>;

/**
 * The provider for Studio (classic). Documents come as received, without the credentials in them; the
 * content of data sets comes byte for byte.
 *
 * Samples, and assets of other workspaces, are never listed, and asking for their files throws
 * `asset-not-found`. A call that is refused is made once more with a fresh token. Beyond the codes of
 * `Provider`, a workspace that is gone throws `workspace-not-found`.
 */
export function createStudioProvider(parts: {
  readonly transport: Transport;
  readonly keys: WorkspaceKeys;
}): Provider {
  const { transport, keys } = parts;
  const client = createStudioClient(transport);
  return {
    inventory: (workspace) => inventory(asker(client, keys, workspace), workspace.workspaceId),
    files: (workspace, asset) =>
      files(asker(client, keys, workspace), transport, workspace.workspaceId, asset),
  };
}

/** Makes each call with the workspace's token; one that is refused, once more with a fresh token. */
function asker(client: StudioClient, keys: WorkspaceKeys, workspace: Workspace): Ask {
  const { workspaceId, studioUrl } = workspace;
  const ask: Ask = async (call) => {
    const key = await keys.keyOf(workspace);
    try {
      return await call(client, { workspaceId, studioUrl, key });
    } catch (error) {
      if (!isCode(error, "workspace-denied")) throw error;
    }
    keys.drop(workspace);
    return call(client, { workspaceId, studioUrl, key: await keys.keyOf(workspace) });
  };
  return workspace.accountType === "guest" ? guestAsk(ask, () => keys.keyOf(workspace)) : ask;
}

async function* inventory(ask: Ask, workspaceId: string): AsyncGenerator<Asset> {
  const settings = await ask((client, access) => client.settings(access));
  yield settingsAsset(workspaceId, settings);
  const users = await ask((client, access) => client.users(access));
  yield usersAsset(workspaceId, users);
  const datasets = await ask((client, access) => client.datasets(access));
  yield* ownOnce(workspaceId, datasets.map(datasetAsset));
  const experiments = await ask((client, access) => client.experiments(access));
  yield* ownOnce(workspaceId, experiments.map(experimentAsset));
}

function* ownOnce(workspaceId: string, assets: readonly Asset[]): Generator<Asset> {
  const seen = new Set<string>();
  for (const asset of assets) {
    if (!isOwn(workspaceId, asset.sourceId) || seen.has(asset.sourceId)) continue;
    seen.add(asset.sourceId);
    yield asset;
  }
}

async function* files(
  ask: Ask,
  transport: Transport,
  workspaceId: string,
  { kind, sourceId }: Asset,
): AsyncGenerator<SourceFile> {
  switch (kind) {
    case "workspace-settings": {
      const { text } = await ask((client, access) => client.settings(access));
      yield documentFile("settings", "workspace.json", text);
      return;
    }
    case "users": {
      const { text } = await ask((client, access) => client.users(access));
      yield documentFile("users", "users.json", text);
      return;
    }
    case "dataset":
      assertOwn(workspaceId, sourceId);
      yield* datasetFiles(ask, transport, sourceId);
      return;
    case "experiment": {
      assertOwn(workspaceId, sourceId);
      const { text } = await ask((client, access) => client.experiment(access, sourceId));
      yield documentFile("experiment", "experiment.json", text);
      return;
    }
    case "workspace":
    case "project":
    case "trained-model":
    case "transform":
    case "custom-module":
    case "notebook":
    case "gateway":
    case "web-service":
    case "web-service-endpoint":
    case "web-service-group":
    case "arm-web-service":
    case "commitment-plan":
      throw new AppError("not-supported", "Assets of this kind are not exported yet");
  }
}

async function* datasetFiles(
  ask: Ask,
  transport: Transport,
  id: string,
): AsyncGenerator<SourceFile> {
  const read = () => ask((client, access) => client.dataset(access, id));
  const { text, value } = await read();
  yield documentFile("metadata", "metadata.json", text);
  yield {
    key: "content",
    path: [contentName(value)],
    bytes: value.Size === 0 ? null : value.Size,
    redactions: [],
    open: (resume) => openContent(transport, async () => (await read()).value, resume ?? null),
  };
}

/** A small document, held in memory without its secrets. Always opened at its start. */
function documentFile(key: string, name: string, text: string): SourceFile {
  const redacted = createRedactor().document(text);
  const bytes = new TextEncoder().encode(redacted.text);
  return {
    key,
    path: [name],
    bytes: bytes.length,
    redactions: redacted.redactions,
    open: async () => ({
      body: once(bytes),
      offset: 0,
      totalBytes: bytes.length,
      tag: null,
    }),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function assertOwn(workspaceId: string, assetId: string): void {
  if (!isOwn(workspaceId, assetId)) {
    throw new AppError("asset-not-found", "The asset does not belong to the workspace");
  }
}
