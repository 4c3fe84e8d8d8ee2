import { setImmediate } from "node:timers/promises";
import type { Asset } from "../../../shared/core/asset.ts";
import { nameOf, type Person } from "../../../shared/core/person.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import type { Directory, Provider, SourceFile } from "../../../shared/pipeline/ports.ts";

/** An asset with its files' bytes, by key. */
export type SourceAsset = {
  readonly asset: Asset;
  /** What the service calls the person who made it. */
  readonly owner?: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
};

/** A system that holds assets in memory, with the troubles a test gives it. */
export interface MemorySource extends Directory, Provider {
  readonly assets: SourceAsset[];
  /** Workspaces that are listed beside the one, with what is wrong with them. */
  readonly others: { readonly workspace: Workspace; readonly failure?: AppError }[];
  /** People as a workspace knows them, by its id and their name. */
  readonly people: Map<string, Person>;
  /** The workspace that there is by its id. */
  workspace: Workspace;
  isWorkspaceGone: boolean;
  /** Called before each chunk of a file; may throw. */
  onChunk: (asset: Asset, key: string, offset: number) => void | Promise<void>;
  /** Called before an asset's files are listed; may throw. */
  onFiles: (asset: Asset) => void | Promise<void>;
  /** Called before a workspace is looked up; may throw. */
  onFind: () => void;
  /** When the workspace ends by itself, as far as our own records know. */
  endsAt: string | null;
  /** How many bytes of content were read. */
  bytesRead: number;
  /** Awaited where a network would be: other work gets its turn. */
  pause: () => Promise<unknown>;
}

export const WORKSPACE: Workspace = {
  workspaceId: "b577bbf6c46640c822e2a6e3d255d437",
  armId: null,
  name: "contoso-churn",
  accountType: "standard",
  studioUrl: "https://studio.invalid",
  createdAt: null,
};

const CHUNK_BYTES = 1000;
/** The version of every file. */
const TAG = "v1";

/** A source with these assets in one workspace. */
export function memorySource(assets: SourceAsset[]): MemorySource {
  const source: MemorySource = {
    assets,
    others: [],
    people: new Map(),
    workspace: WORKSPACE,
    isWorkspaceGone: false,
    onChunk: () => undefined,
    onFiles: () => undefined,
    onFind: () => undefined,
    endsAt: null,
    bytesRead: 0,
    pause: () => setImmediate(),
    find: async (ref) => {
      source.onFind();
      const { workspace, isWorkspaceGone } = source;
      const isIt = ref.by === "workspace-id" && ref.workspaceId === workspace.workspaceId;
      const isNamed = ref.by === "arm-id" && ref.armId === workspace.armId;
      if ((isIt || isNamed) && !isWorkspaceGone) return workspace;
      throw new AppError("workspace-not-found", "There is no such workspace");
    },
    expiresAt: async () => source.endsAt,
    list: async function* () {
      for (const { workspace, failure } of source.others)
        yield { workspace, failure: failure ?? null };
      if (!source.isWorkspaceGone) yield { workspace: source.workspace, failure: null };
    },
    person: async ({ workspaceId }, subject) => {
      const found = source.people.get(`${workspaceId} ${nameOf(subject)}`);
      return found ?? null;
    },
    inventory: async function* ({ workspaceId }) {
      const other = source.others.find(({ workspace }) => workspace.workspaceId === workspaceId);
      if (other?.failure !== undefined) throw other.failure;
      for (const { asset, owner } of source.assets)
        yield owner === undefined ? asset : { ...asset, owner };
    },
    files: async function* (_workspace, asset) {
      await source.onFiles(asset);
      const found = source.assets.find((other) => other.asset.sourceId === asset.sourceId);
      if (found === undefined) throw new AppError("asset-not-found", "The asset is gone");
      for (const [key, bytes] of Object.entries(found.files))
        yield fileOf(source, asset, key, bytes);
    },
  };
  return source;
}

/** A data set of that name and content. */
export function aDataset(name: string, content: Uint8Array | string): SourceAsset {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return {
    asset: {
      kind: "dataset",
      sourceId: `dataset-${name}`,
      name,
      version: "1",
      bytes: bytes.length,
      createdAt: null,
      modifiedAt: null,
    },
    files: { content: bytes, metadata: Buffer.from(JSON.stringify({ Name: name })) },
  };
}

function fileOf(source: MemorySource, asset: Asset, key: string, bytes: Uint8Array): SourceFile {
  return {
    key,
    path: [key === "content" ? asset.name : `${key}.json`],
    bytes: bytes.length,
    redactions: [],
    open: async (resume) => {
      const offset = resume?.tag === TAG ? resume.offset : 0;
      return {
        offset,
        tag: TAG,
        totalBytes: bytes.length,
        body: chunks(source, asset, key, bytes.subarray(offset), offset),
      };
    },
  };
}

async function* chunks(
  source: MemorySource,
  asset: Asset,
  key: string,
  bytes: Uint8Array,
  base: number,
): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
    await source.pause();
    await source.onChunk(asset, key, base + offset);
    const chunk = bytes.subarray(offset, offset + CHUNK_BYTES);
    source.bytesRead += chunk.length;
    yield chunk;
  }
}
