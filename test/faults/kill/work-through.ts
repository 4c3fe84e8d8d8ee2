import { setTimeout as delay } from "node:timers/promises";
import type { Package, Receipt, SourceThing } from "../checker/evidence.ts";
import type { Ended } from "./end-evidence.ts";
import { packageEvidence } from "./package-evidence.ts";
import { receiptEvidence } from "./receipt-evidence.ts";
import { followRequest } from "./request-life.ts";
import type { Run } from "./run-state.ts";
import { datasetsIn, thingOf, thingsIn } from "./source-things.ts";
import { submitWork, type TicketSystem } from "./submit-work.ts";
import type { Work } from "./workload.ts";

/** What was found of requests, each at its end, and of workspaces, each before anything was asked. */
export class Findings {
  readonly before = new Map<string, readonly SourceThing[]>();
  readonly digests = new Map<string, string>();
  readonly ended = new Map<string, Ended>();
  readonly packages: Package[] = [];
  readonly receipts: Receipt[] = [];
  /** What went wrong in this program itself. */
  readonly defects: unknown[] = [];
}

const BETWEEN_LOOKS_MS = 400;
const PACKAGED_WITHIN_MS = 120_000;

/** One request from what is there before to the proofs of its end. Throws when the run ends before. */
export async function workThrough(
  run: Run,
  tickets: TicketSystem,
  found: Findings,
  work: Work,
): Promise<string | null> {
  const things = await lookBefore(run, found, work);
  const requestId = await submitWork(run, tickets, work, things);
  if (requestId === null) return null;
  const view = await followRequest(run, work, requestId);
  const { exportFirst, ...receipt } = await receiptEvidence(
    run.api,
    requestId,
    run.history.thingByReceiptId,
  );
  found.receipts.push(receipt);
  found.ended.set(requestId, { view, exportFirst });
  if (view.package !== null) found.packages.push(await packaged(run, requestId, found.digests));
  return view.state;
}

async function lookBefore({ stack }: Run, found: Findings, { workspace }: Work): Promise<string[]> {
  const known = found.before.get(workspace.id);
  if (known !== undefined) return known.map(({ thing }) => thing);
  const since = new Date().toISOString();
  for (const { id, sha256 } of await datasetsIn(stack.simulators, workspace)) {
    found.digests.set(thingOf(workspace.id, "dataset", id), sha256);
  }
  const things = await thingsIn(stack.simulators, workspace, false);
  const before = things.map((thing) => ({
    thing,
    since,
    sha256: found.digests.get(thing) ?? null,
  }));
  found.before.set(workspace.id, before);
  return things;
}

async function packaged(
  { api, signal }: Run,
  requestId: string,
  digests: Findings["digests"],
): Promise<Package> {
  const endsAt = Date.now() + PACKAGED_WITHIN_MS;
  while (Date.now() < endsAt && !signal.aborted) {
    const evidence = await packageEvidence(api, requestId, digests);
    if (evidence !== null) return evidence;
    await delay(BETWEEN_LOOKS_MS, undefined, { signal });
  }
  const problems = ["its form in one file never came"];
  return { requestId, problems, holds: [], exceptions: [] };
}
