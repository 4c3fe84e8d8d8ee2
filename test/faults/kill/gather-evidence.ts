import type { Evidence } from "../checker/evidence.ts";
import { Api } from "./api.ts";
import { deadLetters, finalRequests, listedIds, vanishedPackages } from "./end-evidence.ts";
import type { Run } from "./run-state.ts";
import { sourceEvidence } from "./source-evidence.ts";
import type { LoadWorkspace } from "./source-things.ts";
import type { Findings } from "./work-through.ts";

const EVENTS_WITHIN_MS = 60_000;
const GATHERED_WITHIN_MS = 600_000;

/** Everything that is known at the end of a run, once the last events have come or had their time. */
export async function gatherEvidence(
  run: Run,
  found: Findings,
  workspaces: readonly LoadWorkspace[],
): Promise<Evidence> {
  const { stack, feed, history, random } = run;
  // The run's own clients may have been told to stop waiting.
  const signal = AbortSignal.timeout(GATHERED_WITHIN_MS);
  const api = new Api(stack.hosts, stack.urls.token, { random, signal });
  await lastEvents(run, found);
  const ids = new Set([
    ...(await listedIds(api)),
    ...found.ended.keys(),
    ...feed.events.map(({ requestId }) => requestId),
    ...[...history.submissions.values()].flatMap(({ tries }) =>
      tries.flatMap(({ requestId }) => requestId ?? []),
    ),
  ]);
  const collectedAt = new Date().toISOString();
  const requests = await finalRequests(api, ids, found.ended, history.submissions);
  const vanished = await vanishedPackages(stack, requests, collectedAt);
  return {
    collectedAt,
    submissions: [...history.submissions.values()],
    approvals: history.approvals,
    bars: history.bars,
    requests,
    source: await sourceEvidence(stack.simulators, workspaces, found.before),
    packages: found.packages,
    receipts: found.receipts,
    events: feed.events,
    purges: [...feed.purges, ...vanished],
    deadLetters: await deadLetters(stack),
    plantedMessages: [],
  };
}

/** Waits until the end of every request was told, for a while. */
async function lastEvents({ feed }: Run, { ended }: Findings): Promise<void> {
  const signal = AbortSignal.timeout(EVENTS_WITHIN_MS);
  for (const [requestId, { view }] of ended) {
    while (!feed.hasTold(requestId, view.state) && !signal.aborted) {
      await feed.next(requestId, 500, signal).catch(() => undefined);
    }
  }
}
