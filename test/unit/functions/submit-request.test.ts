import { beforeEach, describe, expect, it } from "vitest";
import { submitRequest } from "../../../functions/submit-request.ts";
import { requestViewSchema } from "../../../shared/core/wire.ts";
import { type Answer, type Calling, call, memoryContext } from "../../support/calls.ts";
import { WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const ASSET = { kind: "dataset", id: "d", workspace: WORKSPACE.workspaceId };
const BODY = { kind: "export", scope: { workspace: WORKSPACE.workspaceId } };

let stage: MemoryStage;
let post: (calling: Calling) => Promise<Answer>;
beforeEach(() => {
  stage = memoryStage();
  const handler = submitRequest(memoryContext(stage));
  post = (calling) => call(handler, calling);
});

describe("POST /api/privacy-requests", () => {
  it("answers 202 with the request's place, and has it stored", async () => {
    const answer = await post({ body: BODY });

    const view = requestViewSchema.parse(answer.body);
    expect(answer.status).toBe(202);
    expect(answer.headers).toMatchObject({
      location: `/api/privacy-requests/${view.id}`,
      "retry-after": "2",
      "cache-control": "no-store",
    });
    expect(view).toMatchObject({
      state: "accepted",
      scope: { workspaces: [WORKSPACE.workspaceId] },
    });
    expect((await stage.ledger.load(view.id))?.value.state).toBe("accepted");
  });

  it("gives the same request to the same key, and says so", async () => {
    const headers = { "idempotency-key": '"ticket-7"' };

    const [first, second] = [
      await post({ body: BODY, headers }),
      await post({ body: BODY, headers }),
    ];

    expect(second.body).toEqual(first.body);
    expect(first.headers["idempotent-replayed"]).toBeUndefined();
    expect(second.headers["idempotent-replayed"]).toBe("true");
  });

  it("answers 422 to the same key with another body", async () => {
    const headers = { "idempotency-key": "ticket-7" };
    await post({ body: BODY, headers });

    const answer = await post({ body: { ...BODY, externalId: "other" }, headers });

    expect(answer).toMatchObject({ status: 422, body: { code: "idempotency-conflict" } });
  });

  it("answers 401 without a token, and 403 without the role", async () => {
    const none = await post({ body: BODY, caller: null });
    const auditor = await post({ body: BODY, caller: { callerId: "a", roles: ["Auditor"] } });

    expect(none).toMatchObject({
      status: 401,
      body: { code: "unauthenticated" },
      headers: { "www-authenticate": 'Bearer realm="studio-dsr"' },
    });
    expect(auditor).toMatchObject({ status: 403, body: { code: "forbidden" } });
  });

  it("tells everything that is wrong with a body at once, and repeats none of it", async () => {
    const answer = await post({
      body: {
        kind: "maja@example.com",
        scope: { workspace: "maja@example.com" },
        externalId: 7,
        "maja@example.com": 1,
      },
    });

    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.body).toMatchObject({
      type: "urn:studio-dsr:problem:validation-failed",
      title: "The request is not valid",
      status: 400,
      instance: "urn:studio-dsr:trace:trace-1",
      code: "validation-failed",
      errors: [
        { pointer: "/kind" },
        { pointer: "/scope/workspace" },
        { pointer: "/externalId" },
        { pointer: "", detail: "has members that are not known here" },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain("maja");
  });

  it("measures a scope against the form that was meant", async () => {
    const answer = await post({ body: { kind: "export", scope: { workspace: "x", all: true } } });

    expect(answer.body).toMatchObject({
      errors: [
        { pointer: "/scope/workspace" },
        { pointer: "/scope", detail: "has members that are not known here" },
      ],
    });
  });

  it.each<[string, Calling, number, string]>([
    ["that is not JSON", { text: "{" }, 400, "validation-failed"],
    ["that is empty", { text: "" }, 400, "validation-failed"],
    ["that is a list", { body: [] }, 400, "validation-failed"],
    [
      "of another type",
      { body: BODY, headers: { "content-type": "text/plain" } },
      415,
      "media-type-unsupported",
    ],
    ["that is too large", { text: `"${"x".repeat(65_536)}"` }, 413, "body-too-large"],
    [
      "with a key that is none",
      { body: BODY, headers: { "idempotency-key": "a b" } },
      400,
      "validation-failed",
    ],
    [
      "that names a kind of asset that is not known",
      { body: { kind: "delete", scope: { assets: [{ ...ASSET, kind: "thing" }] } } },
      400,
      "validation-failed",
    ],
    [
      "that names a workspace as an asset",
      { body: { kind: "delete", scope: { assets: [{ ...ASSET, kind: "workspace" }] } } },
      400,
      "validation-failed",
    ],
  ])("refuses a body %s", async (_what, calling, status, code) => {
    const answer = await post(calling);

    expect(answer).toMatchObject({ status, body: { code } });
    expect((await stage.list.page({ limit: 1 })).items).toEqual([]);
  });

  it("tells nothing of an unforeseen error but where to look", async () => {
    Object.assign(stage.ledger, {
      create: () => Promise.reject(new TypeError("secret of maja@example.com")),
    });

    const answer = await post({ body: BODY });

    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      type: "urn:studio-dsr:problem:internal",
      title: "An unforeseen error",
      status: 500,
      instance: "urn:studio-dsr:trace:trace-1",
      code: "internal",
    });
    expect(JSON.parse(stage.lines.at(-1) ?? "")).toMatchObject({
      event: "call-failed",
      route: "route",
      code: "internal",
      traceId: "trace-1",
      error: "TypeError",
    });
    expect(JSON.stringify(stage.lines)).not.toContain("maja");
  });
});
