import { z } from "zod";
import { assetKindSchema } from "./asset.ts";
import { ASSET_REGISTRY } from "./asset-registry.ts";
import { OUT_OF_REACH } from "./out-of-reach.ts";
import { accountTypeSchema } from "./request.ts";

/** `index.json`: what a package holds, for programs. Its JSON Schema is published and lies in every package. */

export const INDEX_JSON = "index.json";
export const INDEX_SCHEMA = "index.schema.json";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const countSchema = z.int().nonnegative();

const indexFileSchema = z
  .object({
    path: z.string().describe("Path in the package"),
    name: z
      .string()
      .describe("What the file, with the folders it lay in, was called at its source"),
    bytes: countSchema,
    sha256: sha256Schema,
    redactions: countSchema.describe(
      "How many credentials were taken out; redactions.json names the places",
    ),
  })
  .describe("A file of the package");

const missingSchema = z
  .object({
    file: z
      .string()
      .nullable()
      .describe("The file that is missing; null when it is the whole asset"),
    reason: z.string().describe("A stable code"),
    detail: z.string().describe("The reason in words"),
  })
  .describe("What could not be exported");

const statusSchema = z
  .enum(["exported", "exported-with-exceptions", "failed"])
  .describe("Whether all files of the asset are here, some, or none");
export type AssetStatus = z.infer<typeof statusSchema>;

/** One asset of the index. */
export const indexAssetSchema = z.object({
  kind: assetKindSchema,
  name: z.string().describe("What the user called it, as it was"),
  sourceId: z.string().describe("The service's own id"),
  workspace: z.string().describe("The id of the workspace that it belongs to"),
  version: z.string(),
  createdAt: z.string().nullable(),
  modifiedAt: z.string().nullable(),
  folder: z.string().describe("The asset's folder in the package"),
  status: statusSchema,
  files: z.array(indexFileSchema),
  missing: z.array(missingSchema),
});
export type IndexAsset = z.infer<typeof indexAssetSchema>;

const tallySchema = z.object({
  assets: countSchema,
  exported: countSchema,
  withExceptions: countSchema,
  failed: countSchema,
  files: countSchema,
  bytes: countSchema,
});
/** How many assets and files there are, and what became of them. */
export type Tally = z.infer<typeof tallySchema>;

const indexHeadSchema = z.object({
  $schema: z.literal(INDEX_SCHEMA),
  format: z.literal("studio-dsr-package/1"),
  requestId: z.string(),
  retryOf: z.string().nullable().describe("The request whose package this one completes"),
  externalId: z.string().nullable().describe("The ticket of the request"),
  plannedAt: z.string().describe("When the inventory was taken"),
  sealedAt: z.string(),
  software: z.string(),
  workspaces: z.array(
    z.object({
      workspaceId: z.string(),
      armId: z.string().nullable(),
      name: z.string(),
      accountType: accountTypeSchema,
      createdAt: z.string().nullable(),
    }),
  ),
});
export type IndexHead = z.infer<typeof indexHeadSchema>;

const indexTailSchema = z.object({
  kinds: z.array(
    tallySchema.extend({
      kind: assetKindSchema,
      title: z.string(),
      limits: z.array(z.string()).describe("Parts of this kind that nothing can export"),
    }),
  ),
  totals: tallySchema,
  outOfReach: z
    .array(z.object({ title: z.string(), reason: z.string() }))
    .describe("Data that no call of a workspace reaches, and where it is had"),
});
export type IndexTail = z.infer<typeof indexTailSchema>;

/** The whole document. */
export const packageIndexSchema = z
  .object({
    ...indexHeadSchema.shape,
    assets: z.array(indexAssetSchema),
    ...indexTailSchema.shape,
  })
  .meta({ title: "Index of a studio-dsr package" });

/** The published JSON Schema of `index.json`, as it lies in every package. */
export function packageIndexJsonSchema(): string {
  jsonSchema ??= `${JSON.stringify(z.toJSONSchema(packageIndexSchema), null, 2)}\n`;
  return jsonSchema;
}

/** Made once: making it takes longer than all else that is written for a small package. */
let jsonSchema: string | undefined;

/** The document's beginning, up to its first asset; assets follow, parted by commas. */
export function indexBeginning(head: IndexHead): string {
  return `${JSON.stringify(head).slice(0, -1)},"assets":[\n`;
}

/** The document's end, after its last asset. */
export function indexEnd(tail: IndexTail): string {
  return `\n],${JSON.stringify(tail).slice(1)}\n`;
}

/** Counts assets as they pass, over all and by kind. */
export class Tallies {
  readonly totals: Tally = noTally();
  readonly #kinds = new Map<IndexAsset["kind"], Tally>();

  add({ kind, status, files }: IndexAsset): void {
    const ofKind = this.#kinds.get(kind) ?? noTally();
    this.#kinds.set(kind, ofKind);
    for (const tally of [this.totals, ofKind]) {
      tally.assets += 1;
      if (status === "exported") tally.exported += 1;
      else if (status === "failed") tally.failed += 1;
      else tally.withExceptions += 1;
      tally.files += files.length;
      for (const { bytes } of files) tally.bytes += bytes;
    }
  }

  /** The end of the index: kinds in the order of the registry. */
  tail(): IndexTail {
    const order = Object.keys(ASSET_REGISTRY);
    const kinds = [...this.#kinds].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
    return {
      kinds: kinds.map(([kind, tally]) => {
        const { title, limits } = ASSET_REGISTRY[kind];
        return { kind, title, limits: [...limits], ...tally };
      }),
      totals: this.totals,
      outOfReach: OUT_OF_REACH.map((part) => ({ ...part })),
    };
  }
}

function noTally(): Tally {
  return { assets: 0, exported: 0, withExceptions: 0, failed: 0, files: 0, bytes: 0 };
}
