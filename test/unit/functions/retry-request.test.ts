import { beforeEach, describe, expect, it } from "vitest";
import { retryRequest } from "../../../functions/retry-request.ts";
import { requestViewSchema } from "../../../shared/core/wire.ts";
import { AppError } from "../../../shared/errors.ts";
import { call, memoryContext, REQUESTER } from "../../support/calls.ts";
import { submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "1")]);
  stage.source.onFiles = () => {
    throw new AppError("workspace-unreadable", "Storage is gone");
  };
});

const retry = (id: string, caller = REQUESTER) =>
  call(retryRequest(memoryContext(stage)), { params: { id }, caller });

describe("POST /api/privacy-requests/{id}/retry", () => {
  it("answers 202 and where the new request is, the same one each time", async () => {
    const id = await submitted(stage);
    await runToEnd(stage);

    const [first, second] = [await retry(id), await retry(id)];

    const view = requestViewSchema.parse(first.body);
    expect(first).toMatchObject({
      status: 202,
      headers: { location: `/api/privacy-requests/${view.id}` },
    });
    expect(view).toMatchObject({ retryOf: id, state: "accepted" });
    expect(second.headers["location"]).toBe(first.headers["location"]);
    expect(second.headers["idempotent-replayed"]).toBe("true");
  });

  it("answers 409 while there is nothing to retry", async () => {
    const id = await submitted(stage);

    expect(await retry(id)).toMatchObject({ status: 409, body: { code: "state-conflict" } });
  });

  it("is for the submitter and Operators", async () => {
    const id = await submitted(stage);
    await runToEnd(stage);

    const other = await retry(id, { callerId: "somebody-else", roles: ["Requester"] });
    const operator = await retry(id, { callerId: "somebody-else", roles: ["Operator"] });

    expect([other.status, operator.status]).toEqual([404, 202]);
  });
});
