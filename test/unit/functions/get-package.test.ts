import { beforeEach, describe, expect, it } from "vitest";
import { getPackage } from "../../../functions/get-package.ts";
import type { Caller } from "../../../shared/core/caller.ts";
import { packageViewSchema } from "../../../shared/core/wire.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { call, memoryContext, REQUESTER } from "../../support/calls.ts";
import { submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "id\n1\n")]);
});

describe("GET /api/privacy-requests/{id}/package", () => {
  it("lists every file of the bag with a link", async () => {
    const id = await submitted(stage);
    await runToEnd(stage);

    const answer = await call(getPackage(memoryContext(stage)), { params: { id } });

    const view = packageViewSchema.parse(answer.body);
    expect(view.files.map(({ path }) => path)).toEqual([
      "data/workspace/datasets/a.csv/a.csv",
      "data/workspace/datasets/a.csv/metadata.json",
      "index.json",
      "redactions.json",
      "manifest-sha256.txt",
      "index.schema.json",
      "about-your-data.txt",
      "about-your-data.html",
      "index.html",
      "bag-info.txt",
      "bagit.txt",
      "tagmanifest-sha256.txt",
    ]);
  });

  it("has no zip until it is composed, then a link to all of it", async () => {
    const id = await submitted(stage);
    const get = async () => {
      const answer = await call(getPackage(memoryContext(stage)), { params: { id } });
      return packageViewSchema.parse(answer.body).zip;
    };
    await stage.bus.drain(async (message) => {
      if (message.step !== "zip") return runStep(stage, message);
      expect(await get()).toBeNull();
      await runStep(stage, message);
    });

    const zip = await get();

    const { body } = await stage.packages.visit(zip?.url ?? "");
    expect(body.length).toBe(zip?.bytes);
    expect(Buffer.from(body).subarray(0, 4)).toEqual(Buffer.from("PK\x03\x04"));
  });

  it("answers 409 before the seal", async () => {
    const id = await submitted(stage);

    const answer = await call(getPackage(memoryContext(stage)), { params: { id } });

    expect(answer).toMatchObject({ status: 409, body: { code: "package-not-ready" } });
  });

  it.each<[string, Caller["roles"], number, string]>([
    ["another Requester", ["Requester"], 404, "not-found"],
    ["an Approver who may submit", ["Requester", "Approver"], 404, "not-found"],
    ["an Auditor", ["Auditor"], 403, "forbidden"],
    ["an Auditor who may submit", ["Requester", "Auditor"], 403, "forbidden"],
  ])("refuses somebody else's package to %s", async (_who, roles, status, code) => {
    const id = await submitted(stage);
    await runToEnd(stage);
    const caller = { callerId: "somebody-else", roles };

    const answer = await call(getPackage(memoryContext(stage)), { params: { id }, caller });

    expect(answer).toMatchObject({ status, body: { code } });
  });

  it.each<[string, Caller]>([
    ["an Operator", { callerId: "somebody-else", roles: ["Operator"] }],
    ["its submitter who audits too", { ...REQUESTER, roles: ["Requester", "Auditor"] }],
  ])("gives the package to %s", async (_who, caller) => {
    const id = await submitted(stage);
    await runToEnd(stage);

    const answer = await call(getPackage(memoryContext(stage)), { params: { id }, caller });

    expect(answer.status).toBe(200);
  });
});
