import { setTimeout as delay } from "node:timers/promises";
import { planViewSchema, type RequestView, requestViewSchema } from "../../../shared/core/wire.ts";
import type { Api, Identity } from "./api.ts";
import type { Run } from "./run-state.ts";
import { receiptIdOf, thingOf } from "./source-things.ts";
import type { Work } from "./workload.ts";

/** The people behind one request: they look, decide on a plan, stop and release, until it has ended. */

const FINAL = /^(completed|completed-with-exceptions|failed|cancelled|refused)$/;
/** What somebody has to look at, or has waited for. An event wakes who waits; the time is for events that come late. */
const TO_LOOK_AT =
  /^(awaiting-approval|blocked|completed|completed-with-exceptions|failed|cancelled|refused)$/;
const LOOK_EVERY_MS = 5_000;
const RECEIPT_EVERY_MS = 400;

/** Follows a request to its end and gives it as it is then, with its receipt. Throws when the run ends before. */
export async function followRequest(run: Run, work: Work, requestId: string): Promise<RequestView> {
  const plans = new PlanDecisions(run, work, requestId);
  for (;;) {
    const view = await viewOf(run.api, requestId);
    if (FINAL.test(view.state) && view.receipt !== null) return view;
    if (view.state === "awaiting-approval") await plans.decide(view);
    if (view.state === "blocked" && work.isRival) await plans.giveUpIfGone(view);
    // The receipt of a request follows its end, without an event of its own.
    const waitMs = FINAL.test(view.state) ? RECEIPT_EVERY_MS : LOOK_EVERY_MS;
    await run.feed.next(requestId, waitMs, run.signal, TO_LOOK_AT);
  }
}

/** The request as an Operator sees it. */
export async function viewOf(api: Api, requestId: string): Promise<RequestView> {
  const path = `/api/privacy-requests/${requestId}`;
  const answer = await api.call({ method: "GET", path, as: "operator-app" });
  if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}: ${answer.text}`);
  return requestViewSchema.parse(answer.body);
}

/** What people decide about the plans of one deletion; a plan can be made anew, and needs another approval then. */
class PlanDecisions {
  readonly #run: Run;
  readonly #work: Work;
  readonly #requestId: string;
  #approved: number | null = null;
  #hasHeld = false;

  constructor(run: Run, work: Work, requestId: string) {
    this.#run = run;
    this.#work = work;
    this.#requestId = requestId;
  }

  async decide({ deletion }: RequestView): Promise<void> {
    const { generation, planHash } = deletion?.plan ?? { generation: null, planHash: null };
    if (generation === null || planHash === null || generation === this.#approved) return;
    const seenAt = now();
    const plan = await this.#readPlan();
    if (plan?.generation !== generation) return;
    const { decision } = this.#work;
    if (decision === "cancel") return this.#end("cancel", "cancelled", "requester-tool");
    // Who reads a plan with a package that lacks something lets nothing be deleted.
    if ((plan.package?.exceptions ?? 0) > 0) return this.#end("refuse", "refused", "approver-app");
    const bar = { requestId: this.#requestId, why: "replanned", from: seenAt } as const;
    if (this.#approved !== null) this.#run.history.bars.push({ ...bar, until: now() });
    if (await this.#approve(planHash, plan.covers)) this.#approved = generation;
    if (decision === "hold" && !this.#hasHeld) await this.#holdAndRelease();
  }

  /**
   * A workspace outside ARM refuses its token once somebody else has deleted it. The request waits for a new one then,
   * until a person sees that there is nothing left to be done.
   */
  async giveUpIfGone({ failure }: RequestView): Promise<void> {
    if (failure?.code === "workspace-denied")
      await this.#end("cancel", "cancelled", "operator-app");
  }

  async #readPlan() {
    const path = `/api/privacy-requests/${this.#requestId}/plan`;
    const answer = await this.#run.api.call({ method: "GET", path, as: "approver-app" });
    // It is being made anew.
    if (answer.status !== 200) return null;
    const plan = planViewSchema.parse(answer.body);
    const named = plan.assets.map(({ workspace, kind, id, way }) => {
      const { workspaceId } = plan.workspaces[workspace] ?? { workspaceId: "" };
      const thing = thingOf(workspaceId, kind, id);
      this.#run.history.thingByReceiptId.set(receiptIdOf(workspaceId, kind, id), thing);
      return { thing, goes: way === "erase" || way === "with" };
    });
    return { ...plan, covers: named.filter(({ goes }) => goes).map(({ thing }) => thing) };
  }

  /** Whether it holds now: a plan that has become stale is refused. */
  async #approve(planHash: string, covers: readonly string[]): Promise<boolean> {
    const { api, history } = this.#run;
    const answer = await api.call({
      method: "POST",
      path: `/api/privacy-requests/${this.#requestId}/approval`,
      as: "approver-app",
      body: { planHash },
      onTry: (tried) => {
        const told = tried.answer === null ? "unknown" : isOk(tried.answer) ? "ok" : "refused";
        const approval = { requestId: this.#requestId, approver: "approver-app", planHash, covers };
        history.approvals.push({ ...approval, at: tried.at, answer: told });
      },
    });
    return isOk(answer);
  }

  async #end(
    action: "cancel" | "refuse",
    why: "cancelled" | "refused",
    as: Identity,
  ): Promise<void> {
    const isTicket = this.#work.door === "tickets" && as === "requester-tool";
    const answer = await this.#run.api.call({
      method: "POST",
      path: `/api/privacy-requests/${this.#requestId}/${action}`,
      // A ticket's submitter is no person.
      as: isTicket ? "operator-app" : as,
      body: { reason: "No longer wanted" },
    });
    if (!isOk(answer)) return;
    this.#run.history.bars.push({ requestId: this.#requestId, why, from: now(), until: null });
  }

  async #holdAndRelease(): Promise<void> {
    this.#hasHeld = true;
    const { api, history, signal, random, feed } = this.#run;
    const path = `/api/privacy-requests/${this.#requestId}`;
    const body = { reason: "A court asks for it" };
    const held = await api.call({
      method: "POST",
      path: `${path}/hold`,
      as: "operator-app",
      body,
    });
    if (!isOk(held)) return;
    let effectiveAt: string | null = null;
    while (effectiveAt === null) {
      const view = await viewOf(api, this.#requestId);
      if (FINAL.test(view.state)) return;
      effectiveAt = view.deletion?.hold.state === "held" ? view.deletion.hold.effectiveAt : null;
      if (effectiveAt === null) await feed.next(this.#requestId, 500, signal);
    }
    await delay(300 + random.below(1_500), undefined, { signal });
    const until = now();
    await api.call({ method: "POST", path: `${path}/release`, as: "operator-app", body });
    history.bars.push({ requestId: this.#requestId, why: "held", from: effectiveAt, until });
  }
}

function isOk({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

function now(): string {
  return new Date().toISOString();
}
