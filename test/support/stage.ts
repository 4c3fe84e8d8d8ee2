import { reachOf } from "../../shared/core/reach.ts";
import type { DeadLetters } from "../../shared/pipeline/ports.ts";
import { runStep } from "../../shared/pipeline/run-step.ts";
import type { Stage } from "../../shared/pipeline/stage.ts";
import type { UpkeepStage } from "../../shared/pipeline/upkeep.ts";
import { lineTelemetry } from "../../shared/telemetry.ts";
import { type MemoryBus, memoryBus } from "./memory/bus.ts";
import { memoryClaims } from "./memory/claims.ts";
import { type MemoryClock, memoryClock } from "./memory/clock.ts";
import { memoryControls } from "./memory/controls.ts";
import { memoryDeadLetters } from "./memory/dead-letters.ts";
import { memoryDueIndex } from "./memory/due-index.ts";
import { type MemoryEraser, memoryEraser } from "./memory/eraser.ts";
import { memoryIntents } from "./memory/intents.ts";
import { memoryLedger } from "./memory/ledger.ts";
import { type MemoryPackages, memoryPackages } from "./memory/packages.ts";
import { memoryPartitions } from "./memory/partitions.ts";
import { type MemoryPost, memoryPost } from "./memory/post.ts";
import { memoryReceipts } from "./memory/receipts.ts";
import { type MemoryRegistrations, memoryRegistrations } from "./memory/registrations.ts";
import { memoryRequestList } from "./memory/request-list.ts";
import { memorySigner } from "./memory/signer.ts";
import { memorySlices } from "./memory/slices.ts";
import { type MemorySource, memorySource, type SourceAsset } from "./memory/source.ts";
import { UTC } from "./requests.ts";

/** The stages on in-memory ports. */

/** A stage whose every part can be looked at and moved by a test. */
export type MemoryStage = Stage & {
  readonly bus: MemoryBus;
  readonly post: MemoryPost;
  readonly clock: MemoryClock;
  readonly packages: MemoryPackages;
  readonly source: MemorySource;
  readonly eraser: MemoryEraser;
  readonly lines: readonly string[];
  readonly deadLetters: DeadLetters;
  /** What registering a workspace needs, apart from the rest. */
  readonly registrations: MemoryRegistrations;
};

const MINUTE_MS = 60_000;

/** A stage over these assets. */
export function memoryStage(
  assets: SourceAsset[] = [],
  pace: Partial<Stage["pace"]> = {},
): MemoryStage {
  const clock = memoryClock();
  const partitions = memoryPartitions();
  const source = memorySource(assets);
  const lines: string[] = [];
  const bus = memoryBus(clock);
  return {
    ledger: memoryLedger(partitions),
    slices: memorySlices(partitions),
    intents: memoryIntents(partitions),
    controls: memoryControls(),
    claims: memoryClaims(),
    dueIndex: memoryDueIndex(),
    purgeIndex: memoryDueIndex(),
    deadlineIndex: memoryDueIndex(),
    list: memoryRequestList(),
    bus,
    deadLetters: memoryDeadLetters(bus, clock),
    packages: memoryPackages(clock),
    post: memoryPost(),
    reach: reachOf({ "*": { arm: "all", registered: "all", subjects: true } }),
    receipts: memoryReceipts(),
    signer: memorySigner(),
    directory: source,
    provider: source,
    source,
    eraser: memoryEraser(source, clock),
    clock,
    random: () => 0.5,
    telemetry: lineTelemetry(
      (line) => lines.push(line),
      () => clock.now(),
    ),
    lines,
    registrations: memoryRegistrations(),
    organization: { name: "Contoso", contactName: null, contactEmail: "privacy@contoso.example" },
    statutory: { defaultLaw: "gdpr", calendar: UTC },
    pseudonymKey: "key-for-tests",
    pace: {
      leaseMs: MINUTE_MS,
      stepMs: 5 * MINUTE_MS,
      lookAfterMs: MINUTE_MS,
      resendAfterMs: 10 * MINUTE_MS,
      blockedMs: 24 * 60 * MINUTE_MS,
      blockBytes: 4096,
      concurrency: 2,
      bufferBytes: 16_384,
      retentionMs: 30 * 24 * 60 * MINUTE_MS,
      guestRetentionMs: 8 * 60 * MINUTE_MS,
      requestDataMs: 30 * 24 * 60 * MINUTE_MS,
      linkMs: 60 * MINUTE_MS,
      backoff: { baseMs: 1_000, capMs: MINUTE_MS, maxTries: 4 },
      graceMs: 24 * 60 * MINUTE_MS,
      verifyTries: 6,
      verifyBaseMs: 5_000,
      secondLookMs: 24 * 60 * MINUTE_MS,
      ...pace,
    },
  };
}

/** The stage as the timers have it. */
export function upkeepStage(stage: MemoryStage): MemoryStage & UpkeepStage {
  const { registry, vault } = stage.registrations;
  return { ...stage, registry, vault };
}

/** Delivers what is due; then moves the clock to the next message that waits, until nothing is left. */
export async function runToEnd(stage: Stage & Pick<MemoryStage, "bus" | "clock">): Promise<void> {
  for (;;) {
    await stage.bus.drain((message) => runStep(stage, message));
    const next = stage.bus.nextAt();
    if (next === null) return;
    stage.clock.set(next);
  }
}
