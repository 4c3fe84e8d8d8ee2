import { BlobWriter } from "./blob-writer.ts";
import { tagBlob } from "./layout.ts";
import type { PackageFile } from "./package-files.ts";
import type { Stage } from "./stage.ts";

/** The tag files of one sealing. Two sealings never share a blob, so neither has to write what the other wrote. */
export class TagFiles {
  readonly #stage: Pick<Stage, "packages" | "pace">;
  readonly #requestId: string;
  readonly #sealId: string;
  readonly #files: PackageFile[] = [];

  constructor(stage: Pick<Stage, "packages" | "pace">, requestId: string, sealId: string) {
    this.#stage = stage;
    this.#requestId = requestId;
    this.#sealId = sealId;
  }

  /** The files that were closed so far. */
  get files(): readonly PackageFile[] {
    return this.#files;
  }

  /** A file to be written piece by piece. */
  open(path: string): BlobWriter {
    const name = tagBlob(this.#sealId, path);
    return new BlobWriter(this.#stage, { requestId: this.#requestId, name });
  }

  /** Makes the file a part of the package. */
  async close(path: string, writer: BlobWriter): Promise<PackageFile> {
    const file = { path, blob: tagBlob(this.#sealId, path), ...(await writer.close()) };
    this.#files.push(file);
    return file;
  }

  /** Writes a whole file. */
  async write(path: string, text: string): Promise<PackageFile> {
    const writer = this.open(path);
    await writer.write(text);
    return this.close(path, writer);
  }
}
