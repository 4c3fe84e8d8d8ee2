import type { Asset } from "./workspace.ts";

/** All versions of all assets of one kind. Looking one up costs the same however many there are. */
export class AssetShelf implements Iterable<Asset> {
  readonly #byId = new Map<string, Asset>();
  readonly #byFamily = new Map<string, Asset[]>();

  constructor(assets: Iterable<Asset> = []) {
    for (const asset of assets) this.add(asset);
  }

  get size(): number {
    return this.#byId.size;
  }

  [Symbol.iterator](): IterableIterator<Asset> {
    return this.#byId.values();
  }

  add(asset: Asset): void {
    this.#byId.set(asset.id, asset);
    const versions = this.#byFamily.get(asset.familyId);
    if (versions === undefined) this.#byFamily.set(asset.familyId, [asset]);
    else versions.push(asset);
  }

  /** Puts another description in the place of the asset of that id. */
  replace(asset: Asset): void {
    const versions = this.#byFamily.get(asset.familyId) ?? [];
    const index = versions.findIndex(({ id }) => id === asset.id);
    if (index < 0) throw new RangeError(`There is no asset ${asset.id}.`);
    versions[index] = asset;
    this.#byId.set(asset.id, asset);
  }

  find(id: string): Asset | null {
    return this.#byId.get(id) ?? null;
  }

  /** Oldest version first; empty for an unknown family. */
  family(familyId: string): readonly Asset[] {
    return this.#byFamily.get(familyId) ?? [];
  }
}
