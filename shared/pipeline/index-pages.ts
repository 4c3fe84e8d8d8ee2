import { ASSET_REGISTRY } from "../core/asset-registry.ts";
import { assetHtml, type KindSection, kindPage } from "../core/index-html.ts";
import type { IndexAsset } from "../core/package-index.ts";
import type { TagFiles } from "./tag-files.ts";

/** So much of the assets is held in memory, and fits on the first page; more goes to pages of its own. */
const MAX_CHARS = 512 * 1024;

type Section = { pages: string[]; pieces: string[]; chars: number };

/**
 * The assets' part of `index.html`. Memory does not grow with their number: when there are too many for one page,
 * the kind with the most of them moves to a page of its own.
 */
export class IndexPages {
  readonly #tags: TagFiles;
  readonly #sections = new Map<IndexAsset["kind"], Section>();
  #chars = 0;

  constructor(tags: TagFiles) {
    this.#tags = tags;
  }

  async add(asset: IndexAsset): Promise<void> {
    const section = this.#sections.get(asset.kind) ?? { pages: [], pieces: [], chars: 0 };
    this.#sections.set(asset.kind, section);
    const html = assetHtml(asset);
    section.pieces.push(html);
    section.chars += html.length;
    this.#chars += html.length;
    if (this.#chars > MAX_CHARS) await this.#writeLargest();
  }

  /** What the first page shows of each kind. */
  async sections(): Promise<ReadonlyMap<string, KindSection>> {
    for (const [kind, section] of this.#sections) {
      if (section.pages.length > 0 && section.chars > 0) await this.#writePage(kind, section);
    }
    return new Map(
      [...this.#sections].map(([kind, { pages, pieces }]) => [
        kind,
        { pages, html: pieces.join("") },
      ]),
    );
  }

  async #writeLargest(): Promise<void> {
    const [largest] = [...this.#sections].sort(([, a], [, b]) => b.chars - a.chars);
    if (largest !== undefined) await this.#writePage(...largest);
  }

  async #writePage(kind: IndexAsset["kind"], section: Section): Promise<void> {
    const number = section.pages.length + 1;
    const path = `index-${kind}-${String(number).padStart(4, "0")}.html`;
    const { title } = ASSET_REGISTRY[kind];
    await this.#tags.write(path, kindPage(title, number, section.pieces.join("")));
    section.pages.push(path);
    this.#chars -= section.chars;
    section.pieces = [];
    section.chars = 0;
  }
}
