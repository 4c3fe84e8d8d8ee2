import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../../functions/api/document.ts";
import { asyncApiDocument } from "../../../functions/api/events-document.ts";
import { problemsPage } from "../../../functions/api/problems.ts";
import { OPERATIONS } from "../../../functions/api/table.ts";
import { getOpenApi } from "../../../functions/get-open-api.ts";
import { ERROR_RULES } from "../../../shared/errors.ts";
import { call, memoryContext } from "../../support/calls.ts";
import { memoryStage } from "../../support/stage.ts";

describe("the document of the API", () => {
  it("is the one in docs/openapi.json (npx vitest -u writes it)", async () => {
    const text = `${JSON.stringify(openApiDocument(OPERATIONS), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot("../../../docs/openapi.json");
  });

  it("is served to anybody", async () => {
    const answer = await call(getOpenApi(memoryContext(memoryStage())), { caller: null });

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(openApiDocument(OPERATIONS));
  });

  it("names no call twice", () => {
    const calls = Object.values(OPERATIONS).map(({ method, path }) => `${method} ${path}`);

    expect(new Set(calls).size).toBe(calls.length);
  });

  it("describes every answer of every call", () => {
    for (const operation of Object.values(openApiDocument(OPERATIONS)["paths"] as object)) {
      for (const { responses } of Object.values(
        operation as Record<string, { responses: object }>,
      )) {
        expect(Object.keys(responses)).toContain("500");
        expect(Object.keys(responses).some((status) => status.startsWith("2"))).toBe(true);
      }
    }
  });
});

describe("the page of problem types", () => {
  it("is the one in docs/problems.md (npx vitest -u writes it)", async () => {
    await expect(problemsPage()).toMatchFileSnapshot("../../../docs/problems.md");
  });

  it("has every code once", () => {
    const codes = [...problemsPage().matchAll(/urn:studio-dsr:problem:([\w-]+)/g)].map(
      ([, code]) => code,
    );

    expect(codes).toEqual(Object.keys(ERROR_RULES));
  });
});

describe("the document of messages", () => {
  it("is the one in docs/asyncapi.json (npx vitest -u writes it)", async () => {
    const text = `${JSON.stringify(asyncApiDocument(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot("../../../docs/asyncapi.json");
  });
});
