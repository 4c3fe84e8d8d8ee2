import { isFinal, type PrivacyRequest } from "../../../shared/core/request.ts";
import { awaitIdentity, confirmIdentity } from "../../../shared/pipeline/deadline-decisions.ts";
import { approveRequest, cancelRequest } from "../../../shared/pipeline/decide-request.ts";
import { holdRequest, releaseRequest } from "../../../shared/pipeline/hold.ts";
import { inventoryBlob } from "../../../shared/pipeline/layout.ts";
import type { Bar } from "../checker/evidence.ts";
import { thingOf } from "./estate.ts";
import type { Memory, Person } from "./people.ts";
import type { World } from "./world.ts";

/** What people decide about a request, and remember of it. */

const MINUTE_MS = 60_000;
/** So often does a person look, so that one is still there when another has taken weeks. */
const MAX_LOOKS = 300;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the plan whenever there is a new one, and approves it. */
export function approving(
  world: World,
  memory: Memory,
  requestId: string,
  approver: string,
  { maxLooks = MAX_LOOKS, onPlan = (_requestId: string): void => undefined } = {},
) {
  return async (person: Person): Promise<void> => {
    let approved: number | null = null;
    for (let look = 0; look < maxLooks; look += 1) {
      await person.linger((look < 10 ? 10 : 40) * (world.isPatient ? 20 : 1) * MINUTE_MS);
      const request = await person.look(requestId);
      const seenAt = world.clock.now();
      if (isFinal(request.state)) return;
      const { plan } = request;
      if (request.state !== "awaiting-approval" || plan === null) continue;
      const { planHash, generation } = plan;
      if (generation === approved) continue;
      const bar = approved === null ? null : barred(memory, requestId, "replanned", seenAt);
      const covers = await coveredBy(world, request);
      onPlan(requestId);
      const approval = { approver, planHash, comment: null };
      let refused = false;
      await person.insist(
        "approve",
        (stage) => approveRequest(stage, requestId, approval),
        ({ sentAt, answer }) => {
          memory.approvals.push({ requestId, approver, at: sentAt, answer, planHash, covers });
          if (bar !== null && bar.until === null) bar.until = sentAt;
          refused = answer === "refused";
        },
      );
      if (!refused) approved = generation;
    }
  };
}

/** Holds it, early or at the last minute, and releases it after a while. */
export function holding(world: World, memory: Memory, requestId: string) {
  return async (person: Person): Promise<void> => {
    await untilLate(world, person, requestId);
    const placed = await person.insist("hold", (stage) =>
      holdRequest(stage, requestId, "A complaint", "holder"),
    );
    if (placed.answer === "refused") return;
    let bar: Writable<Bar> | null = null;
    for (let look = 0; look < 30 && bar === null; look += 1) {
      const request = await person.look(requestId);
      if (request.hold === "held") bar = barred(memory, requestId, "held", world.clock.now());
      else await person.linger(2 * MINUTE_MS);
    }
    await person.linger(240 * MINUTE_MS);
    await person.insist(
      "release",
      (stage) => releaseRequest(stage, requestId, "It was settled", "holder"),
      ({ sentAt }) => {
        if (bar !== null) bar.until ??= sentAt;
      },
    );
  };
}

/** Some think of it early, most when the deletion is about to begin, or has begun. */
async function untilLate(world: World, person: Person, requestId: string): Promise<void> {
  if (world.random.below(2) === 0) return person.linger(150 * MINUTE_MS);
  await person.linger(60 * MINUTE_MS);
  for (let look = 0; look < 20; look += 1) {
    const { deletesAt, state } = await person.look(requestId);
    if (deletesAt === null && !isFinal(state)) {
      await person.linger(20 * MINUTE_MS);
      continue;
    }
    const leftMs = deletesAt === null ? 0 : Date.parse(deletesAt) - world.clock.nowMs;
    await person.sleep(Math.max(0, leftMs));
    return person.linger(world.random.below(2) === 0 ? 5_000 : MINUTE_MS);
  }
}

/** Wants to know first whose data it is, and is told. */
export function doubting(requestId: string) {
  return async (person: Person): Promise<void> => {
    await person.linger(100 * MINUTE_MS);
    const asked = await person.insist("await identity", (stage) =>
      awaitIdentity(stage, requestId, "Who is it?", "doubter"),
    );
    if (asked.answer === "refused") return;
    await person.linger(120 * MINUTE_MS);
    const evidence = { method: "id-document", level: "high" } as const;
    await person.insist("confirm identity", (stage) =>
      confirmIdentity(stage, requestId, evidence, "doubter"),
    );
  };
}

/** Cancels it some time within that. */
export function cancelling(memory: Memory, requestId: string, withinMs = 150 * MINUTE_MS) {
  return async (person: Person): Promise<void> => {
    await person.linger(withinMs);
    const { answer, answeredAt } = await person.insist("cancel", (stage) =>
      cancelRequest(stage, requestId, null, "canceller"),
    );
    if (answer === "ok") barred(memory, requestId, "cancelled", answeredAt);
  };
}

function barred({ bars }: Memory, requestId: string, why: Bar["why"], from: string): Writable<Bar> {
  const bar: Writable<Bar> = { requestId, why, from, until: null };
  bars.push(bar);
  return bar;
}

/** All that goes by the plan that a person reads. */
async function coveredBy({ stage }: World, request: PrivacyRequest): Promise<readonly string[]> {
  const { requestId, plan } = request;
  const name = inventoryBlob(plan?.generation ?? 0);
  const bytes = await Array.fromAsync(await stage.packages.read({ requestId, name }));
  const lines = Buffer.concat(bytes).toString("utf8").split("\n").filter(Boolean);
  return lines.flatMap((text) => {
    const { way, workspace, kind, sourceId } = JSON.parse(text) as {
      way: string;
      workspace: number;
      kind: string;
      sourceId: string;
    };
    const workspaceId = plan?.workspaces[workspace]?.workspaceId ?? "";
    return way === "erase" || way === "with" ? [thingOf(workspaceId, kind, sourceId)] : [];
  });
}
