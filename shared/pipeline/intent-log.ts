import type { PlanLine } from "../core/deletion-plan.ts";
import { type Intent, intentKey } from "../core/erasure.ts";
import { AppError } from "../errors.ts";
import type { Stored } from "./ports.ts";
import type { Stage } from "./stage.ts";

type Logging = Pick<Stage, "intents" | "clock">;

/** The stored intent of one asset's deletion; `save` is how it changes. */
export class IntentLog {
  readonly #stage: Logging;
  readonly #requestId: string;
  #stored: Stored<Intent>;
  /** Whether a call may have been made under it before this worker came. */
  readonly mayHaveRun: boolean;

  private constructor(stage: Logging, requestId: string, stored: Stored<Intent>, isNew: boolean) {
    this.#stage = stage;
    this.#requestId = requestId;
    this.#stored = stored;
    this.mayHaveRun = !isNew && stored.value.state !== "withdrawn";
  }

  /** Stores the intent to delete an asset, or finds the one that an earlier worker stored. */
  static async open(
    stage: Logging,
    requestId: string,
    sliceId: string,
    number: number,
    { assetId }: PlanLine,
  ): Promise<IntentLog> {
    const key = intentKey(sliceId, number);
    const outcome = await stage.intents.add(requestId, {
      key,
      number,
      assetId,
      state: "intended",
      intendedAt: stage.clock.now(),
      operation: null,
      outcome: null,
      evidence: null,
      reason: null,
      answeredAt: null,
    });
    const stored = await stage.intents.load(requestId, key);
    if (stored === null) throw new AppError("store-unavailable", "An intent is not stored yet");
    const log = new IntentLog(stage, requestId, stored, outcome === "created");
    if (stored.value.state === "withdrawn") {
      await log.save({ state: "intended", intendedAt: stage.clock.now() });
    }
    return log;
  }

  /** The intent as it is stored. */
  get intent(): Intent {
    return this.#stored.value;
  }

  /** Stores what has become of it. Throws `store-conflict` when another worker did. */
  async save(change: Partial<Intent>): Promise<void> {
    const value = { ...this.intent, ...change };
    const version = await this.#stage.intents.save(this.#requestId, value, this.#stored.version);
    this.#stored = { value, version };
  }
}
