import { TableClient } from "@azure/data-tables";
import { z } from "zod";
import { tableRequestList } from "../shared/adapters/table-request-list.ts";
import { newRequestId, sampleRequest } from "../test/support/contracts/samples.ts";
import { storageCredential } from "../test/support/stack/storage-token.ts";
import { apiStack } from "./api-stack.ts";
import { type Figure, ratioFigure, rounded } from "./figure.ts";
import { loadBy } from "./http-load.ts";
import { median, quantile } from "./statistics.ts";

/** Stores `requests`, then asks each side for `pages` pages, `rounds` times. */
export type ListOptions = {
  readonly requests: number;
  readonly pages: number;
  readonly rounds: number;
  readonly onProgress: (line: string) => void;
};

/** The slowest pages take so many times as long as a query of the table. */
const TARGET = 1.5;

const PAGE_LINES = 50;
const SEEDED_AT_ONCE = 5_000;
const STATES = ["running", "awaiting-approval", "completed", "failed", "blocked"] as const;
const FIRST_MS = Date.parse("2026-01-01T00:00:00.000Z");

/** Asks for the page of a state: the ids on it and the time it took. */
type Ask = (state: string) => Promise<{ readonly ids: readonly string[]; readonly tookMs: number }>;

/** Compares the filtered list of the API, over HTTP, with the same query by the client of the table alone. */
export async function runList(options: ListOptions): Promise<Figure[]> {
  const { requests, pages, rounds, onProgress } = options;
  await using stack = await apiStack({ FUNCTION_GROUPS: "intake" });
  const table = new TableClient(stack.stack.urls.azuriteTable, "list", storageCredential());
  await seed(table, requests, onProgress);
  const api = apiSide(stack.stack.urls.api, await stack.authorization("auditor-app"));
  const raw = rawSide(table);
  const p95 = { api: [] as number[], raw: [] as number[] };
  const before = stack.usage().cpuSeconds;
  // Round 0 warms both sides up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const [apiMs, rawMs]: [number[], number[]] = [[], []];
    for (let page = 0; page < pages; page += 1) {
      const state = STATES[page % STATES.length] ?? STATES[0];
      const [ours, theirs] = [await api(state), await raw(state)];
      assertSame(ours.ids, theirs.ids, Math.min(PAGE_LINES, requests / STATES.length));
      apiMs.push(ours.tookMs);
      rawMs.push(theirs.tookMs);
    }
    const [ours, theirs] = [quantile(apiMs, 0.95), quantile(rawMs, 0.95)];
    onProgress(`${round}/${rounds} p95: api ${rounded(ours)} ms, query ${rounded(theirs)} ms`);
    if (round === 0) continue;
    p95.api.push(ours);
    p95.raw.push(theirs);
  }
  const { cpuSeconds, peakRssMB } = stack.usage();
  return [
    ratioFigure({
      name: "list: milliseconds of a filtered page, 95th percentile",
      measured: p95.api,
      compared: p95.raw,
      target: () => TARGET,
      bound: "at-most",
      cpuSecondsPerGB: null,
      peakRssMB,
      details: {
        requests,
        pages,
        cpuMsPerPage: rounded(((cpuSeconds - before) * 1000) / (pages * (rounds + 1))),
        slowestMs: rounded(median(p95.api)),
      },
    }),
  ];
}

/** Lines as the app writes them, a minute apart, in turns of every state. */
async function seed(
  table: TableClient,
  requests: number,
  onProgress: (line: string) => void,
): Promise<void> {
  const list = tableRequestList(table);
  for (let start = 0; start < requests; start += SEEDED_AT_ONCE) {
    const some = Array.from({ length: Math.min(SEEDED_AT_ONCE, requests - start) }, (_, index) =>
      list.put(
        sampleRequest({
          requestId: newRequestId(),
          state: STATES[index % STATES.length] ?? STATES[0],
          submittedAt: new Date(FIRST_MS + (start + index) * 60_000).toISOString(),
        }),
      ),
    );
    await Promise.all(some);
    onProgress(`${start + some.length} of ${requests} requests are stored`);
  }
}

function apiSide(origin: string, authorization: string): Ask {
  const answerSchema = z.object({ requests: z.array(z.object({ id: z.string() })) });
  return async (state) => {
    const path = `/api/privacy-requests?state=${state}&limit=${PAGE_LINES}`;
    const [answer] = await loadBy(1, origin, [{ method: "GET", path, headers: { authorization } }]);
    if (answer?.status !== 200) throw new Error(`The list answered ${answer?.status}`);
    const { requests } = answerSchema.parse(JSON.parse(answer.body));
    return { ids: requests.map(({ id }) => id), tookMs: answer.tookMs };
  };
}

/** One line more than the page holds, as the app needs to know whether there is a next one. */
function rawSide(table: TableClient): Ask {
  return async (state) => {
    const filter = `PartitionKey eq 'list' and state eq '${state}'`;
    const startedMs = performance.now();
    const pages = table
      .listEntities<{ rowKey: string }>({ queryOptions: { filter } })
      .byPage({ maxPageSize: PAGE_LINES + 1 });
    const { value } = await pages.next();
    const tookMs = performance.now() - startedMs;
    const rows: readonly { rowKey: string }[] = value ?? [];
    return { ids: rows.slice(0, PAGE_LINES).map(({ rowKey }) => rowKey.slice(17)), tookMs };
  };
}

function assertSame(ours: readonly string[], theirs: readonly string[], lines: number): void {
  if (ours.length !== lines || ours.join() !== theirs.join()) {
    throw new Error(`The list has ${ours.length} lines, the query ${theirs.length}`);
  }
}
