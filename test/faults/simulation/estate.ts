import { createHash } from "node:crypto";
import type { Asset, AssetKind } from "../../../shared/core/asset.ts";
import type { AccountType, Workspace } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import type { Directory, Eraser, Provider } from "../../../shared/pipeline/ports.ts";
import { type MemoryEraser, memoryEraser } from "../../support/memory/eraser.ts";
import { type MemorySource, memorySource, type SourceAsset } from "../../support/memory/source.ts";
import type { Random } from "../../support/random.ts";
import type { VirtualClock } from "./clock.ts";

/** The workspaces of a simulation, and what they note by themselves. */

export type Site = { readonly source: MemorySource; readonly eraser: MemoryEraser };

/** A call that asked to delete, as its service saw it; `isEffective` when this very call made something go. */
export type DeleteCall = {
  readonly at: string;
  readonly things: readonly string[];
  readonly isEffective: boolean;
};

export type Estate = {
  readonly sites: readonly Site[];
  readonly directory: Directory;
  readonly provider: Provider;
  readonly eraser: Eraser;
  readonly calls: readonly DeleteCall[];
  /** Everything that was ever there: its name, since when, and the digest of its content. */
  readonly everThere: readonly { thing: string; since: string; sha256: string | null }[];
  /** What is there now. */
  there(): string[];
  /** Somebody goes on working: a new data set, or another content of one. */
  upload(site: Site): void;
};

const ACCOUNTS: readonly AccountType[] = ["standard", "free", "guest"];
const KINDS: readonly AssetKind[] = ["dataset", "dataset", "experiment", "web-service", "notebook"];
/** Two of this size do not share a slice, whatever their files hold. */
const LARGE_BYTES = 200 * 1024 * 1024;

/** The name of a thing in all evidence. */
export function thingOf(workspaceId: string, kind: string, sourceId: string): string {
  return `${workspaceId.slice(0, 4)}/${kind}/${sourceId}`;
}

/** One workspace of each account type, with a few assets each. */
export function simulatedEstate(random: Random, clock: VirtualClock): Estate {
  const calls: DeleteCall[] = [];
  const everThere: { thing: string; since: string; sha256: string | null }[] = [];
  const sites = ACCOUNTS.map((account, index) => siteOf(account, index, random, clock));
  const siteOfId = (workspaceId: string) => {
    const found = sites.find(({ source }) => source.workspace.workspaceId === workspaceId);
    if (found === undefined) throw new AppError("workspace-not-found", "There is no such place");
    return found;
  };
  const note = (site: Site, { asset, files }: SourceAsset) => {
    const sha256 = createHash("sha256")
      .update(files["content"] ?? "")
      .digest("hex");
    const thing = thingOf(site.source.workspace.workspaceId, asset.kind, asset.sourceId);
    everThere.push({ thing, since: clock.now(), sha256 });
  };
  for (const site of sites) {
    const { workspaceId } = site.source.workspace;
    const thing = thingOf(workspaceId, "workspace", workspaceId);
    everThere.push({ thing, since: clock.now(), sha256: null });
    for (const asset of site.source.assets) note(site, asset);
  }
  let uploads = 0;
  return {
    sites,
    calls,
    everThere,
    directory: {
      find: async (ref) => {
        const id = ref.by === "workspace-id" ? ref.workspaceId : "";
        return siteOfId(id).source.find(ref);
      },
      expiresAt: async (ref) =>
        ref.by === "workspace-id" ? siteOfId(ref.workspaceId).source.endsAt : null,
      list: async function* () {
        for (const { source } of sites) yield* source.list();
      },
    },
    provider: {
      inventory: ({ workspaceId }) => {
        const { source } = siteOfId(workspaceId);
        if (source.isWorkspaceGone) throw new AppError("workspace-not-found", "It is gone");
        return source.inventory(source.workspace);
      },
      files: (workspace, asset, subject) =>
        siteOfId(workspace.workspaceId).source.files(workspace, asset, subject),
      person: (workspace, subject) =>
        siteOfId(workspace.workspaceId).source.person(workspace, subject),
    },
    eraser: eraserOf(siteOfId, (site, asset, before) => {
      const goes = before.filter((thing) => !thingsOf(site).includes(thing));
      const { workspaceId } = site.source.workspace;
      const named = thingOf(workspaceId, asset.kind, asset.sourceId);
      const isEffective = goes.length > 0;
      calls.push({ at: clock.now(), things: isEffective ? goes : [named], isEffective });
    }),
    there: () => sites.flatMap(thingsOf),
    upload: (site) => {
      if (site.source.isWorkspaceGone) return;
      uploads += 1;
      const asset = assetOf("dataset", `new-${uploads}`, random, clock);
      site.source.assets.push(asset);
      note(site, asset);
    },
  };
}

function siteOf(
  accountType: AccountType,
  index: number,
  random: Random,
  clock: VirtualClock,
): Site {
  const count = 2 + random.below(4);
  const assets = Array.from({ length: count }, (_, number) =>
    assetOf(KINDS[random.below(KINDS.length)] ?? "dataset", `${index}${number}`, random, clock),
  );
  const source = memorySource(assets);
  const workspace: Workspace = {
    workspaceId: `${index}577bbf6c46640c822e2a6e3d255d43${index}`,
    armId: null,
    name: `workspace-${index}`,
    accountType,
    studioUrl: "https://studio.invalid",
    // Of a guest workspace that does not say when it was made nobody knows the end: people ask about it for weeks.
    createdAt: accountType === "guest" ? null : clock.now(),
  };
  source.workspace = workspace;
  source.pause = async () => undefined;
  // Documents tell when they were read: two readings are never the same.
  let readings = 0;
  source.onFiles = ({ sourceId }) => {
    const at = source.assets.findIndex(({ asset }) => asset.sourceId === sourceId);
    const found = source.assets[at];
    if (found === undefined) return;
    readings += 1;
    const metadata = Buffer.from(JSON.stringify({ reading: String(readings).padStart(6, "0") }));
    source.assets[at] = { ...found, files: { ...found.files, metadata } };
  };
  const eraser = memoryEraser(source, clock);
  eraser.polls = random.below(3) === 0 ? 1 + random.below(2) : 0;
  eraser.lagMs = random.below(3) === 0 ? 8_000 : 0;
  const liar = random.below(4) === 0 ? (assets[0]?.asset.sourceId ?? "") : "";
  eraser.lies = (asset) => asset.sourceId === liar;
  return { source, eraser };
}

function assetOf(kind: AssetKind, name: string, random: Random, clock: VirtualClock): SourceAsset {
  const size = random.below(3) === 0 ? 6_000 + random.below(6_000) : 1 + random.below(800);
  const content = Buffer.alloc(size, `${name}-${random.below(1_000_000)}!`);
  const bytes = random.below(3) === 0 ? LARGE_BYTES : size;
  const times = { createdAt: clock.now(), modifiedAt: null };
  const asset: Asset = { kind, sourceId: `${kind}-${name}`, name, version: "1", bytes, ...times };
  return { asset, files: { content } };
}

function eraserOf(
  siteOfId: (workspaceId: string) => Site,
  onCall: (site: Site, asset: Asset, before: readonly string[]) => void,
): Eraser {
  const at = (workspace: Workspace) => siteOfId(workspace.workspaceId);
  return {
    notErasable: (workspace, asset) => at(workspace).eraser.notErasable(workspace, asset),
    blockers: async () => [],
    leftBehind: (workspace) => at(workspace).eraser.leftBehind(workspace),
    uses: (workspace) => at(workspace).eraser.uses(workspace),
    erase: async (workspace, asset, beforeCall) => {
      const site = at(workspace);
      let before: readonly string[] | null = null;
      try {
        return await site.eraser.erase(workspace, asset, () => {
          beforeCall();
          before = thingsOf(site);
        });
      } finally {
        if (before !== null) onCall(site, asset, before);
      }
    },
    poll: (workspace, asset, operation) => at(workspace).eraser.poll(workspace, asset, operation),
    remaining: (workspace, assets) => at(workspace).eraser.remaining(workspace, assets),
  };
}

function thingsOf({ source }: Site): string[] {
  const { workspaceId } = source.workspace;
  const things = source.assets.map(({ asset }) => thingOf(workspaceId, asset.kind, asset.sourceId));
  if (source.isWorkspaceGone) return things;
  return [...things, thingOf(workspaceId, "workspace", workspaceId)];
}
