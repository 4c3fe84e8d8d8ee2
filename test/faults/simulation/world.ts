import { reachOf } from "../../../shared/core/reach.ts";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import type { DueIndex, Packages } from "../../../shared/pipeline/ports.ts";
import type { Pace } from "../../../shared/pipeline/stage.ts";
import type { UpkeepStage } from "../../../shared/pipeline/upkeep.ts";
import { telemetryTo } from "../../../shared/telemetry.ts";
import { memoryClaims } from "../../support/memory/claims.ts";
import { memoryControls } from "../../support/memory/controls.ts";
import { memoryDueIndex } from "../../support/memory/due-index.ts";
import { memoryIntents } from "../../support/memory/intents.ts";
import { memoryLedger } from "../../support/memory/ledger.ts";
import { memoryPackages } from "../../support/memory/packages.ts";
import { memoryPartitions, type Partitions } from "../../support/memory/partitions.ts";
import { memoryPost } from "../../support/memory/post.ts";
import { memoryReceipts } from "../../support/memory/receipts.ts";
import { memoryRequestList } from "../../support/memory/request-list.ts";
import { memorySigner } from "../../support/memory/signer.ts";
import { memorySlices } from "../../support/memory/slices.ts";
import { memoryTokenVault } from "../../support/memory/token-vault.ts";
import { memoryWorkspaceRegistry } from "../../support/memory/workspace-registry.ts";
import type { Random } from "../../support/random.ts";
import { UTC } from "../../support/requests.ts";
import { type Broker, simulatedBroker } from "./broker.ts";
import { type VirtualClock, virtualClock } from "./clock.ts";
import { type Estate, simulatedEstate } from "./estate.ts";
import type { Touch } from "./ports.ts";

/** What outlives every process: the stores, the broker, the workspaces. */

/** Everything the handlers need, with the timers' part. */
export type SimulatedStage = UpkeepStage & { readonly directory: Estate["directory"] } & Pick<
    Estate,
    "provider" | "eraser"
  >;

export type World = {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly broker: Broker;
  readonly estate: Estate;
  /** Whether people take weeks, and the reconciler looks twice a day. */
  readonly isPatient: boolean;
  /** The ports as they are, without a fault. */
  readonly stage: SimulatedStage;
  readonly touch: Touch;
  /** When the first row of each due index is due; infinite when it has none. */
  readonly firstDueMs: (index: DueIndexName) => number;
  /** The containers that were removed, and when. */
  readonly purges: readonly { readonly requestId: string; readonly at: string }[];
  /** Called before a container is removed. */
  onPurge: (request: PrivacyRequest) => Promise<void>;
};
export type DueIndexName = "dueIndex" | "purgeIndex" | "deadlineIndex";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The numbers that the stages go by; more tries than a simulation has faults, so that none is given up. */
const PACE: Pace = {
  leaseMs: MINUTE_MS,
  stepMs: 5 * MINUTE_MS,
  lookAfterMs: 10 * MINUTE_MS,
  resendAfterMs: 15 * MINUTE_MS,
  blockedMs: 6 * HOUR_MS,
  blockBytes: 4096,
  concurrency: 2,
  bufferBytes: 16_384,
  retentionMs: 3 * DAY_MS,
  guestRetentionMs: 8 * HOUR_MS,
  requestDataMs: 5 * DAY_MS,
  linkMs: HOUR_MS,
  backoff: { baseMs: 1_000, capMs: MINUTE_MS, maxTries: 40 },
  graceMs: 2 * HOUR_MS,
  verifyTries: 4,
  verifyBaseMs: 5_000,
  secondLookMs: DAY_MS,
};

const signer = memorySigner();
const silent = telemetryTo(() => undefined);

/** A world before anything has happened in it; blobs are written over others only in a broken one. */
export function simulatedWorld(random: Random, overwrites = false): World {
  const clock = virtualClock();
  const broker = simulatedBroker(clock);
  const estate = simulatedEstate(random, clock);
  const isPatient = random.below(10) === 0;
  const partitions = memoryPartitions();
  const due = { dueIndex: noted(), purgeIndex: noted(), deadlineIndex: noted() };
  const purges: { requestId: string; at: string }[] = [];
  const claims = memoryClaims();
  const ledger = memoryLedger(partitions);
  const packages = memoryPackages(clock, overwrites);
  const stage: SimulatedStage = {
    ledger,
    slices: memorySlices(partitions),
    intents: memoryIntents(partitions),
    controls: memoryControls(),
    claims,
    dueIndex: due.dueIndex.index,
    purgeIndex: due.purgeIndex.index,
    deadlineIndex: due.deadlineIndex.index,
    list: memoryRequestList(),
    bus: broker,
    deadLetters: broker.deadLetters,
    post: memoryPost(),
    reach: reachOf({ "*": { arm: "all", registered: "all", subjects: true } }),
    packages: watched(packages, async (requestId) => {
      const request = (await ledger.load(requestId))?.value;
      if (request === undefined || purges.some((purge) => purge.requestId === requestId)) return;
      await world.onPurge(request);
      purges.push({ requestId, at: clock.now() });
    }),
    receipts: memoryReceipts(),
    signer,
    directory: estate.directory,
    provider: estate.provider,
    eraser: estate.eraser,
    registry: memoryWorkspaceRegistry(),
    vault: memoryTokenVault(),
    clock,
    random: () => random.below(1_000_000) / 1_000_000,
    telemetry: silent,
    organization: { name: "Contoso", contactName: null, contactEmail: "privacy@contoso.example" },
    statutory: { defaultLaw: "gdpr", calendar: UTC },
    pseudonymKey: "key-for-simulations",
    pace: isPatient ? { ...PACE, lookAfterMs: 12 * HOUR_MS } : PACE,
  };
  const world: World = {
    clock,
    random,
    broker,
    estate,
    isPatient,
    stage,
    firstDueMs: (index) => due[index].firstDueMs(),
    purges,
    touch: toucher(partitions, stage),
    onPurge: async () => undefined,
  };
  return world;
}

/** A due index that tells when its first row is due, without being a point. */
function noted(): { readonly index: DueIndex; readonly firstDueMs: () => number } {
  const rows = new Set<string>();
  const index = memoryDueIndex();
  let firstMs: number | null = null;
  const note = (): void => {
    firstMs = null;
  };
  return {
    index: {
      add: async (due) => {
        note();
        rows.add(`${due.lookAt} ${due.requestId}`);
        await index.add(due);
      },
      remove: async (due) => {
        note();
        rows.delete(`${due.lookAt} ${due.requestId}`);
        await index.remove(due);
      },
      until: index.until,
    },
    firstDueMs: () => {
      if (firstMs !== null) return firstMs;
      let first = "~";
      for (const row of rows) if (row < first) first = row;
      firstMs = first === "~" ? Number.POSITIVE_INFINITY : Date.parse(first.slice(0, 24));
      return firstMs;
    },
  };
}

function watched(packages: Packages, onPurge: (requestId: string) => Promise<void>): Packages {
  return {
    ...packages,
    purge: async (requestId) => {
      await onPurge(requestId);
      await packages.purge(requestId);
    },
  };
}

/** Whoever read a row before is too late: it is the same, under another version. */
function toucher(partitions: Partitions, { claims }: Pick<SimulatedStage, "claims">): Touch {
  return async (point, [first, second]) => {
    if (point === "claims.save") {
      const stored = await claims.load(String(first));
      if (stored !== null) await claims.save(String(first), stored.value, stored.version);
      return;
    }
    const isRequest = point === "ledger.save";
    const { requestId } = isRequest
      ? (first as { request: PrivacyRequest }).request
      : { requestId: String(first) };
    const partition = partitions.of(requestId);
    if (isRequest && partition.request !== null) {
      partition.request = partitions.stored(partition.request.value);
      return;
    }
    const { sliceId, key } = second as { sliceId?: string; key?: string };
    const slice = partition.open.get(sliceId ?? "");
    if (slice !== undefined) partition.open.set(sliceId ?? "", partitions.stored(slice.value));
    const intent = partition.intents.get(key ?? "");
    if (intent !== undefined) partition.intents.set(key ?? "", partitions.stored(intent.value));
  };
}
