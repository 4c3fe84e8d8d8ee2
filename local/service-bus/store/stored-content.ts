import { type Content, contentBytes } from "../model/message.ts";

/** The bytes of a message. */
export type ContentBytes = Pick<Content, "annotations" | "bare">;

/** Reads the bytes of a message of one queue from the store. */
export type ContentReader = (sequenceNumber: number) => ContentBytes;

/**
 * The content of a message that is in the store. Its bytes are kept in memory while it is fresh and
 * read again when they are needed later, so that what waits takes up little memory. They can be read
 * until the message is removed.
 */
export class StoredContent implements Content {
  readonly durable: boolean;
  readonly priority: number;
  readonly #sequenceNumber: number;
  readonly #read: ContentReader;
  #fresh: ContentBytes | undefined;

  constructor(
    { durable, priority }: Pick<Content, "durable" | "priority">,
    sequenceNumber: number,
    read: ContentReader,
    fresh?: ContentBytes,
  ) {
    this.durable = durable;
    this.priority = priority;
    this.#sequenceNumber = sequenceNumber;
    this.#read = read;
    this.#fresh = fresh;
  }

  get annotations(): Uint8Array {
    return this.#bytes.annotations;
  }

  get bare(): Uint8Array {
    return this.#bytes.bare;
  }

  /** How much it keeps in memory. */
  get freshBytes(): number {
    return this.#fresh === undefined ? 0 : contentBytes(this.#fresh);
  }

  /** Keeps its bytes in memory no longer. */
  settle(): void {
    this.#fresh = undefined;
  }

  get #bytes(): ContentBytes {
    return this.#fresh ?? this.#read(this.#sequenceNumber);
  }
}

const MAX_FRESH_BYTES = 4 * 1024 * 1024;

/** The contents that were stored last: most messages are received soon after they were sent. */
export class FreshContents {
  /** Those added since the older half was given up, and that half. */
  #newer: StoredContent[] = [];
  #older: StoredContent[] = [];
  #newerBytes = 0;

  add(content: StoredContent): void {
    this.#newer.push(content);
    this.#newerBytes += content.freshBytes;
    if (this.#newerBytes < MAX_FRESH_BYTES / 2) {
      return;
    }
    for (const older of this.#older) {
      older.settle();
    }
    this.#older = this.#newer;
    this.#newer = [];
    this.#newerBytes = 0;
  }
}
