import {
  claimed,
  type DoneSlice,
  givenBack,
  type OpenSlice,
  type StagedBlob,
} from "../core/slice.ts";
import { addMs, msBetween } from "../core/time.ts";
import { AppError, isCode } from "../errors.ts";
import type { Owed, Stored } from "./ports.ts";
import type { Stage } from "./stage.ts";

/** How a slice is given back. `part` is the blob with the results of this call, if there are any. */
export type GivingBack = {
  readonly hasFailed: boolean;
  readonly sentAt: string;
  readonly part: OpenSlice["parts"][number] | null;
  readonly owedFor: (slice: OpenSlice) => Owed | undefined;
};

type ClaimStage = Pick<Stage, "slices" | "clock" | "pace">;

/**
 * A worker's hold on a slice. It lasts as long as progress is reported; when another worker takes over, the
 * next call throws `store-conflict` and nothing of this worker is stored any more.
 */
export class Claim {
  readonly #stage: ClaimStage;
  readonly #requestId: string;
  readonly #staged = new Map<string, StagedBlob>();
  readonly #startedAt: string;
  #stored: Stored<OpenSlice>;
  #savedAt: string;
  #bytesDone = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(stage: ClaimStage, requestId: string, stored: Stored<OpenSlice>, at: string) {
    this.#stage = stage;
    this.#requestId = requestId;
    this.#stored = stored;
    this.#startedAt = at;
    this.#savedAt = at;
    for (const staged of stored.value.staged) this.#staged.set(staged.blob, staged);
  }

  /** Claims the slice for a new epoch. Throws `store-conflict` when somebody else was faster. */
  static async take(
    stage: ClaimStage,
    requestId: string,
    { value, version }: Stored<OpenSlice>,
  ): Promise<Claim> {
    const at = stage.clock.now();
    const slice = claimed(value, addMs(at, stage.pace.leaseMs));
    const saved = await stage.slices.save(requestId, slice, version);
    return new Claim(stage, requestId, { value: slice, version: saved }, at);
  }

  /** The slice as this worker last stored it. */
  get slice(): OpenSlice {
    return this.#stored.value;
  }

  /** What an earlier worker staged of that blob. */
  stagedOf(blob: string): StagedBlob | null {
    return this.#staged.get(blob) ?? null;
  }

  /**
   * Throws `time-up` when the lease is over, or about to be, by this worker's own clock: nothing may begin any more
   * that another worker, or a hold, counts on not to begin. A tenth of the lease is left for clocks that differ.
   */
  assertLeased(): void {
    const leaseUntil = this.slice.leaseUntil ?? this.#startedAt;
    const leftMs = msBetween(this.#stage.clock.now(), leaseUntil);
    if (leftMs > this.#stage.pace.leaseMs / 10) return;
    throw new AppError("time-up", "The lease on the slice is about to end");
  }

  /** Whether this call has worked as long as it may. */
  get isTimeUp(): boolean {
    return msBetween(this.#startedAt, this.#stage.clock.now()) > this.#stage.pace.stepMs;
  }

  /** A sign of life: keeps the claim, and stores the progress, when a third of the lease has passed. */
  async alive(): Promise<void> {
    const { leaseMs } = this.#stage.pace;
    if (msBetween(this.#savedAt, this.#stage.clock.now()) >= leaseMs / 3) await this.#keep();
  }

  /**
   * Notes staged blocks; the first of this epoch at once, so that whoever comes next knows whose blocks to look
   * for. Throws `time-up` when the call has used up its time: with a block more than before, so that every call
   * gets further.
   */
  async staged(staged: StagedBlob): Promise<void> {
    const known = this.#staged.get(staged.blob);
    this.#staged.set(staged.blob, staged);
    if (known?.runs.at(-1)?.epoch === this.slice.epoch) await this.alive();
    else await this.#keep();
    if (this.isTimeUp) throw new AppError("time-up", "The slice goes on in another call");
  }

  /** Stores the results that were put aside, so that they need not stay in memory. */
  async setAside(part: OpenSlice["parts"][number]): Promise<void> {
    await this.#inTurn(() => this.#save({ ...this.slice, parts: withPart(this.slice, part) }));
  }

  /** Notes that a file is complete. */
  async filed(blob: string, bytes: number): Promise<void> {
    this.#staged.delete(blob);
    this.#bytesDone += bytes;
    await this.alive();
  }

  /** Throws `store-conflict` when another worker has taken over. */
  async confirm(): Promise<void> {
    await this.#inTurn(() => this.#reload(new AppError("store-conflict", "The claim is over")));
  }

  /** Gives the slice back, with the results so far and what it owes in the same transaction. */
  async giveBack(back: GivingBack): Promise<void> {
    await this.#inTurn(() => {
      const held = { ...this.#withProgress(), parts: withPart(this.slice, back.part) };
      const slice = givenBack(held, back.sentAt, back.hasFailed);
      return this.#save(slice, back.owedFor(slice));
    });
  }

  /** Replaces the open slice by its settled form. */
  async settle(done: Omit<DoneSlice, "sliceId" | "epoch" | "settledAt">): Promise<void> {
    const { sliceId, epoch } = this.slice;
    const settled = { ...done, sliceId, epoch, settledAt: this.#stage.clock.now() };
    await this.#inTurn(() =>
      this.#stage.slices.settle(this.#requestId, settled, this.#stored.version),
    );
  }

  async #keep(): Promise<void> {
    const at = this.#stage.clock.now();
    this.#savedAt = at;
    const leaseUntil = addMs(at, this.#stage.pace.leaseMs);
    await this.#inTurn(() => this.#save({ ...this.#withProgress(), leaseUntil }));
  }

  #withProgress(): OpenSlice {
    const staged = [...this.#staged.values()];
    const stagedBytes = staged.reduce((sum, { bytes }) => sum + bytes, 0);
    return { ...this.slice, bytesDone: this.#bytesDone + stagedBytes, staged };
  }

  async #save(slice: OpenSlice, owed?: Owed): Promise<void> {
    const { version } = this.#stored;
    const saved = await this.#stage.slices.save(this.#requestId, slice, version, owed);
    this.#stored = { value: slice, version: saved };
  }

  /** One write after another. */
  async #inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(() => this.#untilStored(write));
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  /** A conflict within our epoch is a message that was sent again: we go on from there. */
  async #untilStored(write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        if (!isCode(error, "store-conflict")) throw error;
        await this.#reload(error);
      }
    }
  }

  async #reload(conflict: AppError): Promise<void> {
    const { sliceId, epoch } = this.slice;
    const stored = await this.#stage.slices.load(this.#requestId, sliceId);
    if (stored?.value.epoch !== epoch) throw conflict;
    this.#stored = stored;
  }
}

/** The parts with one more. A write that was made, and whose answer was lost, is made again: it is there then. */
function withPart({ parts }: OpenSlice, part: GivingBack["part"]): OpenSlice["parts"] {
  return part === null || parts.some(({ blob }) => blob === part.blob) ? parts : [...parts, part];
}
