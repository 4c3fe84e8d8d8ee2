import { expect, it } from "vitest";
import { submitRequest } from "../../../functions/submit-request.ts";
import { ticketHandler } from "../../../functions/ticket.ts";
import { tableDueIndex } from "../../../shared/adapters/table-due-index.ts";
import { tableLedger } from "../../../shared/adapters/table-ledger.ts";
import { tableRequestList } from "../../../shared/adapters/table-request-list.ts";
import { TICKET_TYPE } from "../../../shared/core/ticket.ts";
import { startAzurite } from "../../support/azurite.ts";
import { call, memoryContext } from "../../support/calls.ts";
import { WORKSPACE } from "../../support/memory/source.ts";
import { memoryStage } from "../../support/stage.ts";

/** `DUPLICATES=1000 npx vitest run test/integration/doors` for more; in memory there are 1,000 each time. */
const DUPLICATES = Number(process.env["DUPLICATES"] ?? 100);
const BODY = { kind: "export", scope: { workspace: WORKSPACE.workspaceId }, externalId: "T-1" };

it("many submissions at once over both doors are one request each on tables, and equal answers", async () => {
  await using account = await startAzurite();
  const due = account.table();
  const stage = {
    ...memoryStage(),
    ledger: tableLedger(account.table()),
    dueIndex: tableDueIndex(due, "due"),
    deadlineIndex: tableDueIndex(due, "deadline"),
    list: tableRequestList(account.table()),
  };
  const submit = submitRequest(memoryContext(stage));
  const take = ticketHandler(memoryContext(stage), { source: "servicenow", queue: "tickets" });
  const calling = { body: BODY, headers: { "idempotency-key": '"same"' } };
  const ticket = { specversion: "1.0", id: "1", source: "/", type: TICKET_TYPE, data: BODY };

  const [answers] = await Promise.all([
    Promise.all(Array.from({ length: DUPLICATES * 0.9 }, () => call(submit, calling))),
    Promise.all(Array.from({ length: DUPLICATES * 0.1 }, () => take(ticket, {} as never))),
  ]);

  const told = new Set(answers.map(({ status, body }) => JSON.stringify([status, body])));
  expect([...told]).toHaveLength(1);
  expect(answers[0]?.status).toBe(202);
  const { items } = await stage.list.page({ limit: 100 });
  expect(items.map(({ source }) => source).sort()).toEqual(["http", "servicenow"]);
  expect(new Set(stage.bus.events.map(({ id }) => id)).size).toBe(2);
  expect(stage.post.letters).toEqual([]);
}, 120_000);
