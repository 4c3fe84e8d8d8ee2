/** Something that was there, and that a call has made go. */
export type Removed = { readonly kind: Removable; readonly id: string; readonly at: string };

/** When something that was deleted is no longer seen, and when it is seen again; `Infinity` means never. */
export type Removal = { readonly goneAtMs: number; readonly backAtMs: number };

/** What can be deleted by itself. `experiment` is the live head, `runs` are its frozen runs. */
export type Removable =
  | "workspace"
  | "family"
  | "experiment"
  | "runs"
  | "project"
  | "gateway"
  | "user"
  | "web-service"
  | "endpoint"
  | "arm-web-service"
  | "commitment-plan";

/** What was deleted, by kind and id. Ids are compared without regard to case. */
export class Removals {
  readonly #byKey = new Map<string, Removal>();
  readonly #effects: Removed[] = [];

  /** Every time that something which was there was made to go, in order. */
  get effects(): readonly Removed[] {
    return this.#effects;
  }

  add(kind: Removable, id: string, removal: Removal): void {
    if (!this.isTaken(kind, id, removal.goneAtMs)) {
      this.#effects.push({ kind, id, at: new Date().toISOString() });
    }
    this.#byKey.set(keyOf(kind, id), removal);
  }

  /** Whether it is out of sight now. */
  isGone(kind: Removable, id: string, nowMs: number): boolean {
    const removal = this.#byKey.get(keyOf(kind, id));
    return removal !== undefined && nowMs >= removal.goneAtMs && nowMs < removal.backAtMs;
  }

  /** Whether a delete was taken and still holds, although a lagging list may show it yet. */
  isTaken(kind: Removable, id: string, nowMs: number): boolean {
    const removal = this.#byKey.get(keyOf(kind, id));
    return removal !== undefined && nowMs < removal.backAtMs;
  }
}

function keyOf(kind: Removable, id: string): string {
  return `${kind}:${id.toLowerCase()}`;
}
