import { createHash } from "node:crypto";
import { type Asset, type InventoryLine, planFacts } from "../core/asset.ts";
import { canonicalJson } from "../core/canonical-json.ts";
import { deletionFacts, KIND_ORDER, type PlanLine, wayOf } from "../core/deletion-plan.ts";
import type { PrivacyRequest, Workspace } from "../core/request.ts";
import { assetIdOf, assetKey, inventoryLines, wantedOf } from "./inventory.ts";
import { type Packaged, packagedAssets } from "./packaged.ts";
import type { Eraser } from "./ports.ts";
import type { Stage } from "./stage.ts";

/** The inventory of a deletion: every asset with its way, in the order that its plan's hash is taken in. */
export type DeletionInventory = {
  readonly lines: readonly PlanLine[];
  readonly planHash: string;
};

type Taking = Pick<Stage, "provider" | "eraser" | "packages">;

/**
 * Takes the inventory, and the hash that an approval signs: SHA-256 over the canonical JSON (RFC 8785) of
 * `{ assets, manifestSha256, workspaces }`, the facts of the assets in order. The order is that of deletion: by phase,
 * what has no call of its own last, then by workspace, kind and source id, so that it does not depend on the order in
 * which a service lists. All lines are held at once, about 1 KB for each asset. Makes no call that changes anything.
 */
export async function takeInventory(
  stage: Taking,
  request: PrivacyRequest,
  workspaces: readonly Workspace[],
): Promise<DeletionInventory> {
  const packaged = await packagedAssets(stage, request);
  const found = Map.groupBy(
    await Array.fromAsync(inventoryLines(stage, workspaces, request.scope, "delete")),
    ({ workspace }) => workspace,
  );
  const lines = workspaces.flatMap((workspace, index) =>
    linesOf(stage.eraser, request, { workspace, index, packaged, found: found.get(index) ?? [] }),
  );
  lines.sort(byOrder);
  return { lines, planHash: hashOf(lines, workspaces, request) };
}

type Part = {
  readonly workspace: Workspace;
  readonly index: number;
  readonly packaged: Packaged | null;
  readonly found: readonly InventoryLine[];
};

function linesOf(eraser: Eraser, { scope }: PrivacyRequest, part: Part): PlanLine[] {
  const { workspace, index, packaged } = part;
  const found = part.found.filter(({ kind }) => kind !== "workspace");
  const unreachable = part.found.find(({ failure }) => failure !== undefined);
  const wanted = wantedOf(scope, workspace);
  const isAboutPerson = "subject" in scope;
  const isWhole = isAboutPerson
    ? unreachable === undefined && part.found.some(({ kind }) => kind === "workspace")
    : wanted === null;
  const isPackaged = (line: InventoryLine) => {
    const exported = asExported(workspace, line);
    return packaged === null || packaged.get(exported.assetId) === planFacts(exported);
  };
  const whole = lineOf(workspace, index, workspaceAsset(workspace));
  const refusal = eraser.notErasable(workspace, whole);
  const workspaceGoes = isWhole && refusal === null && found.every(isPackaged);
  const services = new Set(found.filter(isService).map(({ sourceId }) => sourceId));
  const situation = { accountType: workspace.accountType, isWhole, workspaceGoes };
  const lines = found.map((line) => {
    const serviceGoes = services.has(line.sourceId.split("/")[0] ?? "");
    const own = { isPackaged: isPackaged(line), serviceGoes };
    const planned = planLine(line, eraser.notErasable(workspace, line), { ...situation, ...own });
    return isAboutPerson && planned.kind === "users" && planned.way === "keep"
      ? byHand(planned)
      : planned;
  });
  if (unreachable !== undefined) return [...lines, notSearched(unreachable)];
  if (isAboutPerson && !isWhole) return lines;
  if (wanted !== null) return [...lines, ...absentLines(workspace, index, wanted, found)];
  // What is not in the package keeps the workspace, which would take it along.
  const own = { isPackaged: found.every(isPackaged), serviceGoes: false };
  return [...lines, planLine(whole, refusal, { ...situation, ...own })];
}

function planLine(
  line: InventoryLine,
  refusal: ReturnType<Eraser["notErasable"]>,
  situation: Omit<Parameters<typeof wayOf>[1], "refusal">,
): PlanLine {
  return { ...line, ...wayOf(line, { ...situation, refusal }), neededBy: [], usedBy: [] };
}

/** One user is exported in the list of users. */
function asExported(workspace: Workspace, line: InventoryLine): InventoryLine {
  if (line.kind !== "users") return line;
  const list = { ...line, sourceId: workspace.workspaceId };
  return { ...list, assetId: assetIdOf(workspace, list) };
}

/** No public client ever removed a user, so a person does it unless a setting says that the call is taken. */
function byHand(line: PlanLine): PlanLine {
  const reason = "remove this person from the users of the workspace, on its settings page";
  return { ...line, why: "not-deletable", reason };
}

/** What cannot be searched is named, so that somebody looks there. */
function notSearched(line: InventoryLine): PlanLine {
  const reason = `the workspace could not be searched (${line.failure}): look there by hand, or ask again`;
  return {
    ...line,
    way: "keep",
    phase: 0,
    withKind: null,
    why: "not-deletable",
    reason,
    neededBy: [],
    usedBy: [],
  };
}

function absentLines(
  workspace: Workspace,
  index: number,
  wanted: NonNullable<ReturnType<typeof wantedOf>>,
  found: readonly InventoryLine[],
): PlanLine[] {
  const present = new Set(found.map(assetKey));
  const missing = [...wanted.values()].filter((key) => !present.has(assetKey(key)));
  const gone = { way: "absent", phase: 0, withKind: null, why: null } as const;
  return missing.map((key) => ({
    ...lineOf(workspace, index, { ...NOTHING_KNOWN, ...key }),
    ...gone,
    reason: "it is not in the workspace",
    neededBy: [],
    usedBy: [],
  }));
}

const NOTHING_KNOWN = { name: "", version: "", bytes: 0, createdAt: null, modifiedAt: null };

/** The workspace itself, as an asset of the plan: the last one to go. */
function workspaceAsset({ workspaceId, armId, name, createdAt }: Workspace): Asset {
  return { ...NOTHING_KNOWN, kind: "workspace", sourceId: armId ?? workspaceId, name, createdAt };
}

function lineOf(workspace: Workspace, index: number, asset: Asset): InventoryLine {
  return { ...asset, assetId: assetIdOf(workspace, asset), workspace: index, folder: "" };
}

function isService({ kind }: InventoryLine): boolean {
  return kind === "web-service";
}

function byOrder(a: PlanLine, b: PlanLine): number {
  return (
    phaseOrder(a) - phaseOrder(b) ||
    a.workspace - b.workspace ||
    (KIND_ORDER.get(a.kind) ?? 0) - (KIND_ORDER.get(b.kind) ?? 0) ||
    (a.sourceId < b.sourceId ? -1 : 1)
  );
}

function phaseOrder({ way, phase }: PlanLine): number {
  return way === "erase" ? phase : Number.MAX_SAFE_INTEGER;
}

function hashOf(
  lines: readonly PlanLine[],
  workspaces: readonly Workspace[],
  { exportFirst, seal }: PrivacyRequest,
): string {
  const hash = createHash("sha256").update('{"assets":[');
  for (const [index, line] of lines.entries()) {
    hash.update(`${index === 0 ? "" : ","}${deletionFacts(line)}`);
  }
  const manifestSha256 = exportFirst ? (seal?.manifestSha256 ?? null) : null;
  const places = workspaces.map(({ workspaceId, armId, accountType, createdAt }) => ({
    workspaceId,
    armId,
    accountType,
    createdAt,
  }));
  const rest = canonicalJson({ manifestSha256, workspaces: places });
  return hash.update(`],${rest.slice(1)}`).digest("hex");
}
