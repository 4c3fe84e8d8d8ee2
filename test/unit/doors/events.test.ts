import { describe, expect, it } from "vitest";
import { asyncApiDocument } from "../../../functions/api/events-document.ts";
import {
  eventTypeOf,
  HAPPENINGS,
  type Happening,
  privacyEventSchema,
} from "../../../shared/core/events.ts";
import { STATES, type State } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import {
  awaitIdentity,
  confirmIdentity,
  extendRequest,
} from "../../../shared/pipeline/deadline-decisions.ts";
import { cancelRequest, refuseRequest } from "../../../shared/pipeline/decide-request.ts";
import { holdRequest, releaseRequest } from "../../../shared/pipeline/hold.ts";
import { purgeExpired } from "../../../shared/pipeline/purger.ts";
import { watchDeadlines } from "../../../shared/pipeline/watch-deadlines.ts";
import { approved, carriedOut, dataSets, pass, planned } from "../../support/deletions.ts";
import { anIntake, submitted } from "../../support/intakes.ts";
import { aDataset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd, upkeepStage } from "../../support/stage.ts";

const WHY = ["as the law says", "operator"] as const;
const MONTH_MS = 31 * 86_400_000;
const EMAIL = "maja@contoso.example";

type Told = State | Happening;

/** What has to happen for each event to be told. */
const SCENES: Readonly<Record<Told, (stage: MemoryStage) => Promise<unknown>>> = {
  accepted: (stage) => submitted(stage),
  planning: exported,
  running: exported,
  sealing: exported,
  completed: exported,
  "awaiting-approval": (stage) => planned(stage),
  scheduled: deleted,
  verifying: deleted,
  "completed-with-exceptions": withManualSteps,
  "manual-step-needed": withManualSteps,
  blocked: (stage) => {
    stage.source.onFind = () => {
      throw new AppError("workspace-denied", "No");
    };
    return planned(stage);
  },
  failed: async (stage) => {
    stage.source.isWorkspaceGone = true;
    await exported(stage);
  },
  cancelled: async (stage) => cancelRequest(stage, await submitted(stage), ...WHY),
  refused: async (stage) => refuseRequest(stage, await submitted(stage), ...WHY),
  extended: async (stage) => extendRequest(stage, await submitted(stage), ...WHY),
  "identity-awaited": async (stage) => awaitIdentity(stage, await submitted(stage), ...WHY),
  "identity-confirmed": async (stage) => {
    const id = await submitted(stage);
    await awaitIdentity(stage, id, ...WHY);
    await confirmIdentity(stage, id, { method: "id-document", level: "high" }, "operator");
  },
  held: async (stage) => holdRequest(stage, (await planned(stage)).requestId, ...WHY),
  released: async (stage) => {
    const { requestId } = await planned(stage);
    await holdRequest(stage, requestId, ...WHY);
    await releaseRequest(stage, requestId, ...WHY);
  },
  "deadline-at-risk": async (stage) => {
    await planned(stage);
    stage.clock.advance(MONTH_MS);
    await watchDeadlines(stage);
  },
  purged: async (stage) => {
    await exported(stage);
    stage.clock.advance(2 * MONTH_MS);
    await purgeExpired(upkeepStage(stage));
    stage.clock.advance(3_600_000);
    await purgeExpired(upkeepStage(stage));
  },
  "assets-returned": async (stage) => {
    await deleted(stage);
    stage.source.assets.push(aDataset("a.csv", "1"));
    await pass(stage, 30 * 60);
  },
  "second-look-failed": async (stage) => {
    await deleted(stage);
    Object.assign(stage.eraser, { remaining: () => Promise.reject(new Error("not now")) });
    stage.clock.advance(stage.pace.secondLookMs);
    await pass(stage, 60);
  },
};

const DOCUMENTED = Object.values(
  (asyncApiDocument()["components"] as { messages: Record<string, Documented> }).messages,
).map(({ payload }) => payload.properties.type.const);
type Documented = { payload: { properties: { type: { const: string } } } };

describe("the event of each", () => {
  it.each(Object.keys(SCENES) as Told[])(
    "%s is told once it happens, as described",
    async (told) => {
      const stage = memoryStage([aDataset("a.csv", "1")]);

      await SCENES[told](stage);

      const type = eventTypeOf(told);
      const event = stage.bus.events.find((each) => each.type === type);
      expect(event).toBeDefined();
      // Nothing is in it that is not described.
      expect(privacyEventSchema.parse(event)).toEqual(event);
      expect(DOCUMENTED).toContain(type);
      expect(JSON.stringify(stage.bus.events)).not.toMatch(/maja|as the law says/);
    },
  );

  it("is described when there is one, and the other way round", () => {
    const requests = DOCUMENTED.filter((type) => type.startsWith("studio-dsr.request."));

    expect(requests).toEqual(
      [...STATES, ...Object.keys(HAPPENINGS)].map((each) => eventTypeOf(each as Told)),
    );
    expect(Object.keys(SCENES)).toHaveLength(requests.length);
  });

  it("has a number of its own, in order, and the ticket", async () => {
    const stage = memoryStage([aDataset("a.csv", "1")]);

    await withManualSteps(stage);

    const numbers = stage.bus.events.map(({ sequence }) => Number(sequence));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    const last = stage.bus.events.slice(-2);
    expect(last.map(({ type }) => type.split(".")[2])).toEqual([
      "completed-with-exceptions",
      "manual-step-needed",
    ]);
    expect(last.map(({ data }) => data.manualSteps)).toEqual([null, 1]);
  });
});

async function exported(stage: MemoryStage): Promise<void> {
  await submitted(stage, anIntake());
  await runToEnd(stage);
}

async function deleted(stage: MemoryStage): Promise<void> {
  const request = await planned(stage, dataSets("a.csv"));
  await approved(stage, request);
  await carriedOut(stage, request);
}

/** The deletion of a person who stays among the users of a workspace. */
async function withManualSteps(stage: MemoryStage): Promise<void> {
  const [dataset] = stage.source.assets;
  if (dataset === undefined) throw new Error("there is a data set");
  const why = { why: "unverified-call", detail: "no" } as const;
  stage.eraser.refuses = ({ kind }) => (kind === "users" ? why : null);
  const users = { ...dataset.asset, kind: "users", sourceId: WORKSPACE.workspaceId } as const;
  stage.source.assets.push({ asset: users, files: {} });
  const person = { isOwner: false, names: new Set([EMAIL]), userIds: ["MAJA1"] };
  stage.source.people.set(`${WORKSPACE.workspaceId} ${EMAIL}`, person);
  const request = await planned(stage, { subject: { email: EMAIL } });
  await approved(stage, request);
  await carriedOut(stage, request);
}
