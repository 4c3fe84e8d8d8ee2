import fc from "fast-check";
import { expect, it } from "vitest";
import { submitRequest } from "../../../functions/submit-request.ts";
import { ticketHandler } from "../../../functions/ticket.ts";
import { TICKET_TYPE } from "../../../shared/core/ticket.ts";
import { type Calling, call, memoryContext } from "../../support/calls.ts";
import { assertDescribed } from "../../support/doors/assert-described.ts";
import { WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

/** `FUZZ_RUNS=10000 npx vitest run test/unit/doors/fuzz.test.ts` for more. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 2_000);
const CANARY = "maja.canary@example.org";
const VALID = { kind: "export", scope: { workspace: WORKSPACE.workspaceId }, externalId: "T-1" };

/** Values that have broken parsers, or hold what must not be repeated. */
const nasty = fc.constantFrom<unknown>(
  CANARY,
  `Bearer ${CANARY}`,
  null,
  -0,
  1e308,
  "",
  "\u0000\ud800",
  "x".repeat(70_000),
  [],
  {},
  [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]],
  { subject: { email: CANARY } },
  { workspaces: [CANARY] },
  { workspaces: Array(101).fill(WORKSPACE.workspaceId) },
  { assets: [{ kind: CANARY, id: CANARY, workspace: CANARY }] },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
);
const names = fc.constantFrom(
  "kind",
  "scope",
  "exportFirst",
  "externalId",
  "requestedBy",
  CANARY,
  "__proto__",
  "data",
);
/** A valid body with some members put wrong, or anything at all. */
const body = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(fc.tuple(names, fc.oneof(nasty, fc.jsonValue())), { maxLength: 3 })
      .map(
        (changes) =>
          Object.assign(Object.create(null), VALID, Object.fromEntries(changes)) as unknown,
      ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: nasty },
);

it("answers any body over HTTP with what is described, repeats nothing, and stores what it accepts", async () => {
  const stage = memoryStage();
  const post = (calling: Calling) =>
    call(submitRequest(memoryContext(stage)), { method: "POST", ...calling });
  const accepted = new Set<string>();
  const text = fc.oneof(
    body.map((value) => JSON.stringify(value) ?? ""),
    fc.string({ maxLength: 300 }),
  );
  const headers = fc.constantFrom<Record<string, string>>(
    {},
    { "content-encoding": "gzip" },
    { "content-type": CANARY },
    { "idempotency-key": `"${CANARY}"` },
  );

  await fc.assert(
    fc.asyncProperty(text, headers, async (sent, more) => {
      const answer = await post({ text: sent, headers: more });

      assertDescribed("submitRequest", answer);
      expect(answer.status).not.toBe(500);
      if (answer.status === 202) accepted.add((answer.body as { id: string }).id);
      const told = answer.status === 202 ? "" : JSON.stringify(answer);
      expect(told).not.toContain("canary");
    }),
    { numRuns: RUNS },
  );

  expect(await stored(stage)).toEqual(accepted);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(stage.lines.join()).not.toContain("canary");
}, 300_000);

it("accounts for any message once: a request, or a rejection that repeats nothing", async () => {
  const stage = memoryStage();
  const handler = ticketHandler(memoryContext(stage), { queue: "q", source: "fuzz" });
  const wrapped = body.map((data): unknown => ({
    specversion: "1.0",
    id: "1",
    source: "/",
    type: TICKET_TYPE,
    data,
  }));
  const again = fc.oneof(body, wrapped).map((ticket): unknown => ({ tries: 1, ticket }));
  const message = fc.oneof(
    { weight: 4, arbitrary: wrapped },
    body,
    again,
    fc.string(),
    fc.uint8Array({ maxLength: 50 }),
  );
  let [seen, created] = [0, 0];
  const create = stage.ledger.create.bind(stage.ledger);
  Object.assign(stage.ledger, {
    create: async (change: Parameters<typeof create>[0]) => {
      const outcome = await create(change);
      if (outcome === "created") created += 1;
      return outcome;
    },
  });

  await fc.assert(
    fc.asyncProperty(message, async (sent) => {
      const before = created + stage.post.letters.length;
      await handler(sent, {} as never);
      await handler(sent, {} as never);
      const after = created + stage.post.letters.length;
      expect(after - before).toBeLessThanOrEqual(1);
      seen += 1;
    }),
    { numRuns: RUNS },
  );

  expect(seen).toBeGreaterThanOrEqual(RUNS);
  expect(stage.post.rejections).toHaveLength(stage.post.letters.length);
  expect(stage.post.letters.every(({ queue }) => queue === "privacy-requests-rejected")).toBe(true);
  const told = [stage.post.rejections, stage.post.letters.map(({ properties }) => properties)];
  expect(JSON.stringify([told, stage.lines, stage.bus.events])).not.toContain("canary");
}, 300_000);

it("gives a thousand submissions at once one request, and each the same answer", async () => {
  const stage = memoryStage();
  const handler = submitRequest(memoryContext(stage));
  const calling = { body: VALID, headers: { "idempotency-key": '"same"' } };

  const answers = await Promise.all(Array.from({ length: 1_000 }, () => call(handler, calling)));

  expect(
    new Set(answers.map(({ status, body: view }) => JSON.stringify([status, view]))).size,
  ).toBe(1);
  expect(answers[0]?.status).toBe(202);
  expect(
    answers.filter(({ headers }) => headers["idempotent-replayed"] === undefined),
  ).toHaveLength(1);
  expect((await stored(stage)).size).toBe(1);
  expect(stage.bus.events).toHaveLength(1);
});

async function stored({ list }: MemoryStage): Promise<Set<string>> {
  const { items } = await list.page({ limit: 1_000_000 });
  return new Set(items.map(({ requestId }) => requestId));
}
