import { submit } from "../../../shared/pipeline/intake.ts";
import type { Submission } from "../checker/evidence.ts";
import { approving, cancelling, doubting, holding } from "./decisions.ts";
import { APPROVERS, mayEndAs, thingsOf, type Wish, wishesOf } from "./load.ts";
import { begin, type Memory, type Person } from "./people.ts";
import type { Simulation } from "./simulation.ts";

/** Who does what with a wish: its asker, those who approve, hold and cancel it. */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

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
  const { key, asker, body } = wish;
  const submission = {
    key,
    asker,
    kind: body.kind,
    exportFirst: body.exportFirst ?? false,
    approvalsNeeded: wish.source === "http" ? 1 : 2,
    things: thingsOf(wish, wishes),
    mayEndAs: mayEndAs(wish, wishes),
  };
  const send = sender(memory, wish, submission);
  begin(simulation, `asker of ${key}`, async (asking) => {
    await asking.linger(20 * MINUTE_MS);
    const requestId = await send(asking);
    if (requestId === null) return;
    if (wish.isSentTwice) {
      begin(simulation, `asker of ${key} again`, async (again) => {
        await again.linger(10 * MINUTE_MS);
        await send(again);
      });
    }
    if (wish.isChanged) {
      // The same key with another wish is refused: whoever believed otherwise would wait for ever.
      const sendChanged = sender(
        memory,
        { ...wish, body: { ...body, externalId: `${key}-changed` } },
        { ...submission, key: `${key}-changed` },
      );
      begin(simulation, `asker of ${key} changed`, async (again) => {
        await again.linger(10 * MINUTE_MS);
        await sendChanged(again);
      });
    }
    if (wish.isCancelled) begin(simulation, `canceller of ${key}`, cancelling(memory, requestId));
    if (wish.isRegretted)
      begin(simulation, `regretter of ${key}`, cancelling(memory, requestId, 4_000));
    if (body.kind === "delete") beginDecisions(simulation, memory, wish, requestId);
  });
}

/** An Operator stops all deletions, or lets them go on. */
async function stopDeletions(person: Person, stopped: boolean): Promise<void> {
  const controls = { stopped, hourlyCap: null, updatedAt: null, updatedBy: null };
  await person.insist("control", (stage) => stage.controls.write(controls));
}

type Asked = Omit<Submission, "tries">;

/** Sends a wish until it is answered, and gives the id of its request; null when it was refused. */
function sender(memory: Memory, { asker, source, body, key }: Wish, asked: Asked) {
  const tries: Submission["tries"][number][] = [];
  memory.submissions.push({ ...asked, tries });
  const intake = { submitter: asker, source, idempotencyKey: key, body, traceParent: null };
  return async (person: Person): Promise<string | null> => {
    const { value } = await person.insist(
      `submit ${asked.key}`,
      (stage) => submit(stage, intake),
      (heard) => {
        const requestId = heard.value?.request.requestId ?? null;
        tries.push({ at: heard.sentAt, answer: heard.answer, requestId });
      },
    );
    return value?.request.requestId ?? null;
  };
}

/** What people decide about a deletion. */
function beginDecisions(
  simulation: Simulation,
  memory: Memory,
  wish: Wish,
  requestId: string,
): void {
  const { world } = simulation;
  const { key, asker } = wish;
  const someone = (who: string, live: (person: Person) => Promise<void>) =>
    begin(simulation, `${who} of ${key}`, live);
  if (wish.isHeld) someone("holder", holding(world, memory, requestId));
  if (wish.isDoubted) someone("doubter", doubting(requestId));
  if (wish.triesItself) {
    someone("asker", approving(world, memory, requestId, asker, { maxLooks: 5 }));
  }
  if (!wish.isApproved) {
    someone("canceller", async (canceller) => {
      await canceller.sleep(5 * 60 * MINUTE_MS);
      await cancelling(memory, requestId)(canceller);
    });
    return;
  }
  // Somebody cancels at the very moment in which somebody else approves.
  const onPlan = (): void => {
    if (wish.isDisputed) someone("disputer", cancelling(memory, requestId, 150));
  };
  for (const approver of APPROVERS.slice(0, wish.source === "http" ? 1 : 2)) {
    someone("approver", async (person) => {
      // Where nobody is in a hurry, the date by which it is due comes near.
      if (world.isPatient) await person.linger(32 * DAY_MS);
      await approving(world, memory, requestId, approver, { onPlan })(person);
    });
  }
}
