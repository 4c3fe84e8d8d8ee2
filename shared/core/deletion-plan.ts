import { z } from "zod";
import { type Asset, assetFacts, assetKindSchema, inventoryLineSchema } from "./asset.ts";
import { ASSET_REGISTRY, deleteWayOf } from "./asset-registry.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { AccountType } from "./request.ts";

/** The plan of a deletion: which asset goes how, and which stays, with the reason. */

/**
 * How an asset leaves: by a call of its own (`erase`, in its phase), together with something else (`with`), not at all
 * (`keep`); or it was named and is not there (`absent`).
 */
export const waySchema = z.object({
  way: z.enum(["erase", "with", "keep", "absent"]),
  phase: z.int().nonnegative(),
  withKind: assetKindSchema.nullable(),
  why: z.enum(["not-deletable", "unverified-call", "goes-with", "not-exported"]).nullable(),
  reason: z.string().nullable(),
});
export type Way = z.infer<typeof waySchema>;

/**
 * One line of a deletion's inventory. `neededBy` are the assets of the plan that need this one and are deleted before
 * it; `usedBy` those that stay and will miss it.
 */
export const planLineSchema = inventoryLineSchema.extend({
  ...waySchema.shape,
  neededBy: z.array(z.string()),
  usedBy: z.array(z.object({ kind: assetKindSchema, sourceId: z.string() })),
});
export type PlanLine = z.infer<typeof planLineSchema>;

/** What the plan of a deletion says beside its assets. Stored beside the inventory. */
export const planDocumentSchema = z.object({
  generation: z.int().positive(),
  plannedAt: z.string(),
  planHash: z.string(),
  blockers: z.array(
    z.object({
      kind: z.string(),
      workspaceId: z.string(),
      name: z.string(),
      level: z.string(),
      scope: z.string(),
    }),
  ),
  leftBehind: z.array(z.object({ workspace: z.string(), text: z.string() })),
  manualSteps: z.array(z.object({ workspace: z.string(), text: z.string() })),
  package: z.object({ manifestSha256: z.string(), exceptions: z.int().nonnegative() }).nullable(),
});
export type PlanDocument = z.infer<typeof planDocumentSchema>;

/** The order of the kinds, which is the order of the registry. */
export const KIND_ORDER = new Map(Object.keys(ASSET_REGISTRY).map((kind, index) => [kind, index]));

/** What decides the way of an asset, beside its kind. */
export type Situation = {
  readonly accountType: AccountType;
  /** The whole workspace was asked for, not single assets of it. */
  readonly isWhole: boolean;
  /** The workspace itself is deleted in the last phase. */
  readonly workspaceGoes: boolean;
  /** It is in the sealed package as it is now; true when no package was asked for. */
  readonly isPackaged: boolean;
  /** The plan also deletes the web service that it belongs to. */
  readonly serviceGoes: boolean;
  /** Why it is not deleted by a call of its own, by the settings in force. */
  readonly refusal: { readonly why: NonNullable<Way["why"]>; readonly detail: string } | null;
};

/** Resources of their own in Azure, which outlive the workspace. */
const OUTLIVES_WORKSPACE: ReadonlySet<string> = new Set(["arm-web-service", "commitment-plan"]);

/** The way of an asset. Nothing that is not in the sealed package leaves where a package was asked for. */
export function wayOf(asset: Pick<Asset, "kind" | "sourceId">, situation: Situation): Way {
  const { kind } = asset;
  const { accountType, isWhole, workspaceGoes, isPackaged, serviceGoes, refusal } = situation;
  const rule = deleteWayOf(asset);
  if (!isPackaged) {
    return keep("not-exported", "it is not in the sealed package as it is now: ask for it anew");
  }
  const isPart = kind !== "workspace" && !OUTLIVES_WORKSPACE.has(kind) && workspaceGoes;
  if (isPart && accountType === "standard") return goWith("workspace");
  if ("phase" in rule && refusal === null) {
    return { way: "erase", phase: rule.phase, withKind: null, why: null, reason: null };
  }
  if ("with" in rule && rule.with !== "workspace" && (isWhole || serviceGoes)) {
    return goWith(rule.with);
  }
  if ("phase" in rule && refusal?.why === "goes-with" && (isWhole || serviceGoes)) {
    return goWith("web-service");
  }
  if (isPart) return goWith("workspace");
  if ("not" in rule) return keep("not-deletable", rule.not);
  if ("with" in rule) return keep("goes-with", `it goes with its ${rule.with} only`);
  return keep(refusal?.why ?? "not-deletable", refusal?.detail ?? "");
}

/** The facts of a line that an approval signs: those of the asset, and how it leaves. */
export function deletionFacts(line: PlanLine): string {
  return canonicalJson({ ...assetFacts(line), way: line.way, phase: line.phase });
}

function keep(why: NonNullable<Way["why"]>, reason: string): Way {
  return { way: "keep", phase: 0, withKind: null, why, reason };
}

function goWith(withKind: Asset["kind"]): Way {
  return { way: "with", phase: 0, withKind, why: null, reason: null };
}
