import { beforeEach, describe, expect, it } from "vitest";
import { requestView } from "../../../shared/core/view.ts";
import { AppError, type ErrorCode } from "../../../shared/errors.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let stage: MemoryStage;
let endsAt: string;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "id\n1\n")]);
  const createdAt = stage.clock.now();
  stage.source.workspace = { ...WORKSPACE, accountType: "guest", createdAt };
  endsAt = new Date(Date.parse(createdAt) + 8 * HOUR_MS).toISOString();
  stage.source.endsAt = endsAt;
});

const fails = (code: ErrorCode, retryAfterMs?: number) => () => {
  throw new AppError(code, "The source says no", { ...(retryAfterMs && { retryAfterMs }) });
};

/** The request when nothing is left to do. */
async function ended() {
  const id = await submitted(stage);
  await runToEnd(stage);
  return requestOf(stage, id);
}

describe("an export of a guest workspace", () => {
  it("starts at once, shows when the workspace ends, and completes", async () => {
    const request = await ended();

    const view = requestView(request, { items: 1, bytes: 1, exceptions: 0 });
    expect(view.workspaces).toMatchObject([{ accountType: "guest", expiresAt: endsAt }]);
    expect([request.state, request.finishedAt]).toEqual(["completed", request.submittedAt]);
  });

  it.each<["plan" | "slice"]>([["plan"], ["slice"]])(
    "fails when the service turns it away in its %s",
    async (where) => {
      if (where === "plan") stage.source.onFind = fails("guest-workspace-expired");
      else stage.source.onFiles = fails("guest-workspace-expired");

      expect(await ended()).toMatchObject({
        state: "failed",
        failure: { code: "guest-workspace-expired", detail: "The source says no" },
        seal: null,
      });
    },
  );

  it.each<["plan" | "slice"]>([["plan"], ["slice"]])(
    "does not wait past the end of the workspace in its %s",
    async (where) => {
      stage.clock.advance(8 * HOUR_MS - 10 * MINUTE_MS);
      const throttled = fails("source-throttled", 15 * MINUTE_MS);
      if (where === "plan") stage.source.onFind = throttled;
      else stage.source.onFiles = throttled;
      const now = stage.clock.now();

      const request = await ended();

      expect(request).toMatchObject({ state: "failed", finishedAt: now });
      expect(request.failure).toEqual({
        code: "guest-workspace-expired",
        detail: `The guest workspace ends at ${endsAt}, before it can be tried again (The source says no)`,
      });
    },
  );

  it("waits as long as the workspace is still there afterwards", async () => {
    stage.clock.advance(8 * HOUR_MS - 20 * MINUTE_MS);
    let calls = 0;
    stage.source.onFiles = () => {
      calls += 1;
      if (calls === 1) fails("source-throttled", 15 * MINUTE_MS)();
    };

    expect((await ended()).state).toBe("completed");
  });

  it.each<["plan" | "slice"]>([["plan"], ["slice"]])(
    "does not wait a day for a person in its %s",
    async (where) => {
      if (where === "plan") stage.source.onFind = fails("workspace-denied");
      else stage.source.onFiles = fails("workspace-denied");

      const request = await ended();

      expect(request).toMatchObject({
        state: "failed",
        failure: { code: "guest-workspace-expired" },
      });
    },
  );
});

it("an export of a free workspace waits for a person as before", async () => {
  stage.source.workspace = { ...stage.source.workspace, accountType: "free" };
  stage.source.onFiles = fails("workspace-denied");

  expect(await ended()).toMatchObject({ state: "blocked", failure: { code: "workspace-denied" } });
});
