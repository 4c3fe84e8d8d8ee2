import { expect, it } from "vitest";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import { type Summary, summaryOf } from "../../../shared/core/summary.ts";
import type { RequestList } from "../../../shared/pipeline/ports.ts";
import { sampleRequest } from "./samples.ts";

/** States what every list of requests promises. `make` gives an empty one. */
export function requestListContract(make: () => RequestList): void {
  it("is one empty page at first", async () => {
    expect(await make().page({ limit: 10 })).toEqual({ items: [], cursor: null });
  });

  it("gives the newest first", async () => {
    const list = make();
    const days = ["2026-01-15", "2026-02-01", "2025-12-31"];
    for (const day of days) await list.put(line(`${day}T08:00:00.000Z`));

    const { items } = await list.page({ limit: 10 });

    expect(items.map(({ submittedAt }) => submittedAt.slice(0, 10))).toEqual([
      "2026-02-01",
      "2026-01-15",
      "2025-12-31",
    ]);
  });

  it("writes over the older line of a request", async () => {
    const list = make();
    const request = line("2026-01-15T08:00:00.000Z");
    await list.put(request);

    await list.put({ ...request, state: "completed" });

    const { items } = await list.page({ limit: 10 });
    expect(items).toEqual([{ ...summaryOf(request), state: "completed" }]);
  });

  it("keeps nothing of a request but its line", async () => {
    const list = make();
    const request = sampleRequest();

    await list.put(request);

    const { items } = await list.page({ limit: 10 });
    expect(Object.keys(items[0] ?? {}).sort()).toEqual([
      "dueAt",
      "externalId",
      "finishedAt",
      "kind",
      "law",
      "requestId",
      "source",
      "state",
      "submittedAt",
      "submitter",
      "workspaces",
    ]);
  });

  it("gives every line once over the pages, also those of one instant", async () => {
    const list = make();
    const lines = Array.from({ length: 7 }, () => line("2026-01-15T08:00:00.000Z"));
    for (const each of lines) await list.put(each);

    const pages = await allPages(list, { limit: 3 });

    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(new Set(pages.flat().map(({ requestId }) => requestId))).toEqual(
      new Set(lines.map(({ requestId }) => requestId)),
    );
  });

  it("has no cursor after a last page that is full", async () => {
    const list = make();
    for (const day of [1, 2]) await list.put(line(`2026-01-0${day}T08:00:00.000Z`));

    const page = await list.page({ limit: 2 });

    expect([page.items.length, page.cursor]).toEqual([2, null]);
  });

  it("filters by state and by submitter, also across pages", async () => {
    const list = make();
    for (const second of [1, 2, 3, 4, 5, 6]) {
      await list.put({
        ...line(`2026-01-15T08:00:0${second}.000Z`),
        state: second % 2 === 0 ? "failed" : "running",
        submitter: second < 5 ? "o'hara" : "other",
      });
    }

    const pages = await allPages(list, { state: "failed", submitter: "o'hara", limit: 1 });

    expect(pages.flat().map(({ submittedAt }) => submittedAt)).toEqual([
      "2026-01-15T08:00:04.000Z",
      "2026-01-15T08:00:02.000Z",
    ]);
  });

  it("filters by kind, ticket, due date and workspace, and gives an approver every deletion too", async () => {
    const list = make();
    const [mine, theirs] = ["a".repeat(32), "b".repeat(32)];
    const base = { ...line("2026-01-15T08:00:00.000Z"), submitter: "me", plan: null };
    await list.put({
      ...base,
      requestId: mine,
      externalId: "T-1",
      dueAt: "2026-02-14T00:00:00.000Z",
      scope: { workspaces: ["0".repeat(32)] },
    });
    await list.put({
      ...base,
      requestId: theirs,
      kind: "delete",
      submitter: "they",
      externalId: null,
      dueAt: "2026-02-15T00:00:00.000Z",
      scope: { assets: [{ kind: "dataset", id: "d", workspace: "1".repeat(32) }] },
    });

    const ids = async (query: Partial<Parameters<RequestList["page"]>[0]>) =>
      (await list.page({ limit: 5, ...query })).items.map(({ requestId }) => requestId);

    expect(await ids({ kind: "delete" })).toEqual([theirs]);
    expect(await ids({ externalId: "T-1" })).toEqual([mine]);
    expect(await ids({ dueBefore: "2026-02-14T00:00:00.000Z" })).toEqual([mine]);
    expect(await ids({ dueBefore: "2026-02-13T00:00:00.000Z" })).toEqual([]);
    expect(await ids({ workspace: "0".repeat(32) })).toEqual([mine]);
    expect(await ids({ workspace: "1".repeat(32) })).toEqual([theirs]);
    expect(await ids({ submitter: "me" })).toEqual([mine]);
    expect(await ids({ submitter: "me", orDeletions: true })).toEqual([mine, theirs]);
  });

  it("takes a quote in a filter for a character", async () => {
    const list = make();
    await list.put(line("2026-01-15T08:00:00.000Z"));

    const { items } = await list.page({ submitter: "x' or submitter ne '", limit: 10 });

    expect(items).toEqual([]);
  });

  it.each(["", "next", "bGlzdA", "' or true"])("refuses the foreign cursor %j", async (cursor) => {
    await expect(make().page({ limit: 10, cursor })).rejects.toMatchObject({
      code: "validation-failed",
      findings: [{ pointer: "/cursor" }],
    });
  });
}

function line(submittedAt: string): PrivacyRequest {
  return { ...sampleRequest(), submittedAt };
}

async function allPages(
  list: RequestList,
  query: Parameters<RequestList["page"]>[0],
): Promise<readonly (readonly Summary[])[]> {
  const pages: (readonly Summary[])[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await list.page(cursor === undefined ? query : { ...query, cursor });
    pages.push(page.items);
    ({ cursor } = page);
  }
  return pages;
}
