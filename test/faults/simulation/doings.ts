import { isFinal, type PrivacyRequest } from "../../../shared/core/request.ts";
import { approveRequest, cancelRequest } from "../../../shared/pipeline/decide-request.ts";
import { holdRequest, releaseRequest } from "../../../shared/pipeline/hold.ts";
import { submit } from "../../../shared/pipeline/intake.ts";
import { inventoryBlob } from "../../../shared/pipeline/layout.ts";
import type { Bar, Submission } from "../checker/evidence.ts";
import { thingOf } from "./estate.ts";
import { APPROVERS, mayEndAs, thingsOf, type Wish, wishesOf } from "./load.ts";
import { begin, type Memory, type Person } from "./people.ts";
import type { Simulation } from "./simulation.ts";
import type { World } from "./world.ts";

/** Who does what with a wish: its asker, those who approve, hold and cancel it. */

const MINUTE_MS = 60_000;
/** People look so often at most. */
const MAX_LOOKS = 100;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Begins everything that people do in a simulation. Returns what they will remember. */
export function beginDoings(simulation: Simulation): Memory {
  const { world } = simulation;
  const { random, estate } = world;
  const memory: Memory = { submissions: [], approvals: [], bars: [] };
  const wishes = wishesOf(random, estate);
  for (const wish of wishes) beginWish(simulation, memory, wish, wishes);
  if (random.below(3) === 0) {
    begin(simulation, "user", async (user) => {
      await user.linger(4 * 60 * MINUTE_MS);
      const site = estate.sites[random.below(estate.sites.length)];
      if (site !== undefined) estate.upload(site);
    });
  }
  if (random.below(8) === 0) {
    begin(simulation, "operator", async (operator) => {
      await operator.linger(3 * 60 * MINUTE_MS);
      await stopDeletions(operator, true);
      await operator.linger(60 * MINUTE_MS);
      await stopDeletions(operator, false);
    });
  }
  return memory;
}

function beginWish(
  simulation: Simulation,
  memory: Memory,
  wish: Wish,
  wishes: readonly Wish[],
): void {
  const { world } = simulation;
  const { key, asker, source, body } = wish;
  const submission = {
    key,
    asker,
    kind: body.kind,
    exportFirst: body.exportFirst ?? false,
    approvalsNeeded: source === "http" ? 1 : 2,
    things: thingsOf(wish, wishes),
    mayEndAs: mayEndAs(wish, wishes),
    tries: [] as Submission["tries"][number][],
  };
  memory.submissions.push(submission);
  const send = (person: Person, what = body) =>
    person.insist(
      `submit ${key}`,
      (stage) =>
        submit(stage, {
          submitter: asker,
          source,
          idempotencyKey: key,
          body: what,
          traceParent: null,
        }),
      ({ sentAt, answer, value }) => {
        if (what !== body) return;
        submission.tries.push({ at: sentAt, answer, requestId: value?.request.requestId ?? null });
      },
    );
  begin(simulation, `asker of ${key}`, async (asking) => {
    await asking.linger(20 * MINUTE_MS);
    const { answer, value } = await send(asking);
    if (answer !== "ok" || value === null) return;
    const { requestId } = value.request;
    if (wish.isSentTwice) {
      begin(simulation, `asker of ${key} again`, async (again) => {
        await again.linger(10 * MINUTE_MS);
        await send(again);
      });
    }
    if (wish.isCancelled) begin(simulation, `canceller of ${key}`, cancelling(memory, requestId));
    if (body.kind === "export") return;
    if (wish.isHeld) begin(simulation, `holder of ${key}`, holding(world, memory, requestId));
    if (wish.triesItself) {
      begin(
        simulation,
        `asker of ${key} approving`,
        approving(world, memory, requestId, asker, { maxLooks: 5 }),
      );
    }
    if (!wish.isApproved) {
      begin(simulation, `canceller of ${key}`, async (canceller) => {
        await canceller.sleep(5 * 60 * MINUTE_MS);
        await cancelling(memory, requestId)(canceller);
      });
      return;
    }
    // Somebody cancels at the very moment in which somebody else approves.
    const onPlan = (): void => {
      if (wish.isDisputed)
        begin(simulation, `disputer of ${key}`, cancelling(memory, requestId, 0));
    };
    for (const approver of APPROVERS.slice(0, submission.approvalsNeeded)) {
      const live = approving(world, memory, requestId, approver, { onPlan });
      begin(simulation, `approver of ${key}`, live);
    }
  });
}

/** Reads the plan whenever there is a new one, and approves it. */
function approving(
  world: World,
  memory: Memory,
  requestId: string,
  approver: string,
  { maxLooks = MAX_LOOKS, onPlan = (_requestId: string): void => undefined } = {},
) {
  return async (person: Person): Promise<void> => {
    let approved: number | null = null;
    for (let look = 0; look < maxLooks; look += 1) {
      await person.linger((look < 10 ? 10 : 40) * MINUTE_MS);
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

function holding(world: World, memory: Memory, requestId: string) {
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
    await person.linger(90 * MINUTE_MS);
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

function cancelling(memory: Memory, requestId: string, withinMs = 150 * MINUTE_MS) {
  return async (person: Person): Promise<void> => {
    if (withinMs > 0) await person.linger(withinMs);
    const { answer, answeredAt } = await person.insist("cancel", (stage) =>
      cancelRequest(stage, requestId, null, "canceller"),
    );
    if (answer === "ok") barred(memory, requestId, "cancelled", answeredAt);
  };
}

async function stopDeletions(person: Person, stopped: boolean): Promise<void> {
  const controls = { stopped, hourlyCap: null, updatedAt: null, updatedBy: null };
  await person.insist("control", (stage) => stage.controls.write(controls));
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
