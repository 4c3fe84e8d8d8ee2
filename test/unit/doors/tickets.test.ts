import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { submitRequest } from "../../../functions/submit-request.ts";
import { ticketHandler } from "../../../functions/ticket.ts";
import { TICKET_TYPE } from "../../../shared/core/ticket.ts";
import { AppError } from "../../../shared/errors.ts";
import { call, memoryContext } from "../../support/calls.ts";
import { requestOf } from "../../support/intakes.ts";
import { WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

const SOURCE = { source: "servicenow", queue: "privacy-requests" } as const;
const DATA = { kind: "export", scope: { workspace: WORKSPACE.workspaceId }, externalId: "T-1" };

function ticket(data: object = DATA, fields: object = {}) {
  return { specversion: "1.0", id: "e-1", source: "/x", type: TICKET_TYPE, data, ...fields };
}

async function deliver(stage: MemoryStage, body: unknown, from = SOURCE): Promise<void> {
  await ticketHandler(memoryContext(stage), from)(body, {} as never);
}

async function onlyRequest(stage: MemoryStage) {
  const { items } = await stage.list.page({ limit: 10 });
  expect(items).toHaveLength(1);
  return requestOf(stage, items[0]?.requestId ?? "");
}

describe("a ticket", () => {
  it("comes to the same record and events as the same body over HTTP", async () => {
    const [http, queue] = [memoryStage(), memoryStage()];

    await call(submitRequest(memoryContext(http)), { body: DATA });
    await deliver(queue, ticket());
    await runToEnd(http);
    await runToEnd(queue);

    expect(await canonical(http)).toEqual(await canonical(queue));
    expect(await onlyRequest(queue)).toMatchObject({
      submitter: "ticket:servicenow",
      source: "servicenow",
      externalId: "T-1",
    });
  });

  it("is one request, however often and from whatever copy it comes", async () => {
    const stage = memoryStage();

    await deliver(stage, ticket());
    await deliver(stage, ticket(DATA, { id: "e-2", time: "2026-03-02T09:00:00Z" }));
    await deliver(stage, { tries: 3, ticket: ticket() });

    await onlyRequest(stage);
    expect(stage.post.letters).toEqual([]);
  });

  it("is another request when another system has the same number", async () => {
    const stage = memoryStage();

    await deliver(stage, ticket());
    await deliver(stage, ticket(), { source: "jira", queue: "privacy-requests-jira" } as never);

    expect((await stage.list.page({ limit: 10 })).items).toHaveLength(2);
  });

  it("is spoken by its queue, whatever it says of its source", async () => {
    const stage = memoryStage();

    await deliver(stage, ticket(DATA, { source: "http", submitter: "admin", tries: 1 }));

    expect(await onlyRequest(stage)).toMatchObject({ source: "servicenow" });
  });

  it.each([
    ["with who asked", { requestedBy: "22222222-2222-4222-8222-222222222222" }, 1],
    ["without", {}, 2],
  ])("to delete, %s, needs that many approvals", async (_what, more, needed) => {
    const stage = memoryStage();

    await deliver(stage, ticket({ ...DATA, kind: "delete", ...more }));

    expect(await onlyRequest(stage)).toMatchObject({ approvalsNeeded: needed });
  });
});

describe("a message that is no ticket", () => {
  const CANARY = "maja@canary.example";

  it.each<[string, unknown, string]>([
    ["of another kind", ticket({ ...DATA, kind: CANARY }), "/data/kind"],
    ["without a number", ticket({ kind: "export", scope: DATA.scope }), "/data/externalId"],
    ["whose number is an address", ticket({ ...DATA, externalId: CANARY }), "/data/externalId"],
    ["of another version", ticket(DATA, { specversion: CANARY }), "/specversion"],
    ["of another type", ticket(DATA, { type: CANARY }), "/type"],
    ["with a member that is not known", ticket({ ...DATA, [CANARY]: 1 }), "/data"],
    ["that is text", CANARY, ""],
    ["that is nothing", null, ""],
    [
      "that is a hand-made pointer",
      { requestId: "0".repeat(32), step: "delete", slice: "", attempt: 1 },
      "/specversion",
    ],
    ["that nests too deep", nested(40), ""],
  ])(
    "%s is rejected with the place, answered, and repeated nowhere",
    async (_what, body, pointer) => {
      const stage = memoryStage();

      await deliver(stage, body);
      await deliver(stage, body);

      expect(stage.post.letters).toMatchObject([
        {
          queue: "privacy-requests-rejected",
          body,
          properties: { source: "servicenow", code: "validation-failed" },
        },
      ]);
      const [event] = stage.post.rejections;
      expect(event?.data.errors).toContainEqual(expect.objectContaining({ pointer }));
      expect(JSON.stringify([event, stage.lines, stage.post.letters[0]?.properties])).not.toContain(
        "canary",
      );
      expect((await stage.list.page({ limit: 1 })).items).toEqual([]);
    },
  );

  it("is told its number when it has one", async () => {
    const stage = memoryStage();

    await deliver(stage, ticket({ ...DATA, kind: "burn" }));

    expect(stage.post.rejections).toMatchObject([
      { data: { externalId: "T-1", ticketSource: "servicenow" } },
    ]);
  });

  it("is the same ticket with another content", async () => {
    const stage = memoryStage();
    await deliver(stage, ticket());

    await deliver(stage, ticket({ ...DATA, exportFirst: true }));

    expect(stage.post.rejections).toMatchObject([{ data: { code: "idempotency-conflict" } }]);
    await onlyRequest(stage);
  });
});

describe("a store that is away", () => {
  const away = () => Promise.reject(new AppError("store-unavailable", "The store is away"));

  it("has a copy of the ticket wait, longer each time, and then taken", async () => {
    const stage = memoryStage();
    const create = stage.ledger.create.bind(stage.ledger);
    Object.assign(stage.ledger, { create: away });

    await deliver(stage, ticket());
    await deliver(stage, ticket());
    await deliver(stage, stage.post.letters[0]?.body);

    expect(stage.post.letters).toMatchObject([
      { queue: "privacy-requests", body: { tries: 1, ticket: ticket() } },
      { queue: "privacy-requests", body: { tries: 2, ticket: ticket() } },
    ]);
    const waits = stage.post.letters.map(({ notBefore }) => notBefore ?? "");
    expect((waits[0] ?? "") > stage.clock.now()).toBe(true);
    expect((waits[1] ?? "") > (waits[0] ?? "")).toBe(true);
    Object.assign(stage.ledger, { create });
    await deliver(stage, stage.post.letters[1]?.body);
    await onlyRequest(stage);
  });

  it("leaves the message to the broker when the tries are used up, or the bus is away too", async () => {
    const stage = memoryStage();
    Object.assign(stage.ledger, { create: away });

    await expect(deliver(stage, { tries: 3, ticket: ticket() })).rejects.toMatchObject({
      code: "store-unavailable",
    });
    Object.assign(stage.post, { post: () => Promise.reject(new AppError("bus-unavailable", "x")) });
    await expect(deliver(stage, ticket())).rejects.toMatchObject({ code: "bus-unavailable" });
  });
});

describe("the examples of docs/ticketing.md", () => {
  const examples = [
    ...readFileSync("docs/ticketing.md", "utf8").matchAll(
      /### (\w+)[\s\S]*?```json\n([\s\S]*?)```/g,
    ),
  ];

  it.each(examples.map(([, name, text]) => ({ name, body: JSON.parse(text ?? "") as unknown })))(
    "$name: is taken",
    async ({ body }) => {
      const stage = memoryStage();

      await deliver(stage, body);

      expect(stage.post.rejections).toEqual([]);
      const { externalId } = (body as { data: { externalId: string } }).data;
      expect(await onlyRequest(stage)).toMatchObject({ externalId });
    },
  );

  it("are two", () => {
    expect(examples.map(([, name]) => name)).toEqual(["ServiceNow", "Jira"]);
  });
});

/** What is stored and told, without what differs by who speaks and by the random id. */
async function canonical(stage: MemoryStage) {
  const { requestId, ...request } = await onlyRequest(stage);
  const [submitter, source] = [request.submitter, request.source];
  const record = { ...request, submitter: "", source: "", approvalsNeeded: 0, auditHead: "" };
  const text = JSON.stringify([record, stage.bus.events]);
  return text
    .replaceAll(requestId, "id")
    .replaceAll(submitter, "")
    .replaceAll(`"${source}"`, '""')
    .replace(/"sealId":"\w+"/, "");
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}
