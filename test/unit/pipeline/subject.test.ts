import { beforeEach, describe, expect, it } from "vitest";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import { planView } from "../../../shared/pipeline/plan-view.ts";
import { APPROVER, approved, pass, planned } from "../../support/deletions.ts";
import { anIntake, requestOf, submitted } from "../../support/intakes.ts";
import { aDataset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

const EMAIL = "maja@contoso.example";
const SCOPE = { subject: { email: EMAIL } } as const;
const AWAY = { ...WORKSPACE, workspaceId: "9".repeat(32), name: "fabrikam" };

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([
    { ...aDataset("hers.csv", "1"), owner: "Maja" },
    { ...aDataset("his.csv", "2"), owner: "Tomas" },
    { ...aDataset("nobodys.csv", "3") },
  ]);
  stage.source.people.set(`${WORKSPACE.workspaceId} ${EMAIL}`, {
    isOwner: false,
    names: new Set([EMAIL, "maja"]),
    userIds: ["MAJA1"],
  });
});

async function exported(): Promise<PrivacyRequest> {
  const id = await submitted(stage, anIntake(SCOPE));
  await runToEnd(stage);
  return requestOf(stage, id);
}

async function textOf({ requestId }: PrivacyRequest): Promise<string> {
  const texts: string[] = [];
  for await (const { name } of stage.packages.list(requestId, "")) {
    if (name.endsWith(".zip")) continue;
    const chunks = await Array.fromAsync(await stage.packages.read({ requestId, name }));
    texts.push(Buffer.concat(chunks).toString("utf8"));
  }
  return texts.join("\n");
}

describe("an export about a person", () => {
  it("has the assets that name the person, and nobody else's", async () => {
    const request = await exported();
    const text = await textOf(request);

    expect(request).toMatchObject({ state: "completed", plan: { items: 1 } });
    expect(text).toContain("hers.csv");
    expect(text).not.toContain("his.csv");
    expect(text).not.toContain("nobodys.csv");
  });

  it("is complete and empty when no workspace knows the person", async () => {
    stage.source.people.clear();

    expect(await exported()).toMatchObject({
      state: "completed",
      plan: { items: 0, workspaces: [] },
    });
  });

  it("finds what is left of a person who is no user any more, by the name that was asked for", async () => {
    stage.source.people.clear();
    stage.source.assets.push({ ...aDataset("old.csv", "4"), owner: EMAIL.toUpperCase() });

    expect(await exported()).toMatchObject({ plan: { items: 1 } });
  });

  it("names a workspace that cannot be searched among its exceptions", async () => {
    stage.source.others.push({ workspace: AWAY, failure: new AppError("workspace-denied", "No") });

    const request = await exported();

    expect(request).toMatchObject({ state: "completed-with-exceptions", seal: { exceptions: 1 } });
    expect(await textOf(request)).toMatch(/"name":"fabrikam"[^\n]*"reason":"workspace-denied"/);
  });

  it("tries again while that may help", async () => {
    let times = 0;
    const { list } = stage.source;
    stage.source.list = async function* () {
      times += 1;
      const failure = times < 3 ? new AppError("source-unavailable", "Away") : null;
      if (failure !== null) yield { workspace: AWAY, failure };
      yield* list();
    };

    expect(await exported()).toMatchObject({ state: "completed", plan: { workspaces: [{}] } });
  });

  it("tells operators a pseudonym, the same each time, and nothing of the person", async () => {
    await exported();
    await planned(stage, SCOPE);

    const told = stage.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const searches = told.filter(({ event }) => event === "subject-searched");
    expect(searches).toHaveLength(2);
    expect(new Set(searches.map(({ subject }) => subject)).size).toBe(1);
    expect(JSON.stringify([stage.lines, stage.bus.events])).not.toMatch(/maja/i);
    const { items } = await stage.list.page({ limit: 9 });
    expect(JSON.stringify(items)).not.toMatch(/maja/i);
  });
});

describe("a deletion about a person", () => {
  it("deletes the person's assets, after an approval, and leaves everybody else's", async () => {
    const request = await planned(stage, SCOPE);

    const plan = await planView(stage, request);
    await approved(stage, request, APPROVER);
    await pass(stage, 24 * 60 + 60);

    expect(plan.assets.map(({ id, way }) => [id, way])).toEqual([["dataset-hers.csv", "erase"]]);
    const left = stage.source.assets.map(({ asset }) => asset.name);
    expect(left).toEqual(["his.csv", "nobodys.csv"]);
    expect((await requestOf(stage, request.requestId)).state).toBe("completed");
  });

  it("takes a free workspace that is the person's own, with all that it holds", async () => {
    stage.source.workspace = { ...WORKSPACE, accountType: "free" };
    stage.source.people.set(`${WORKSPACE.workspaceId} ${EMAIL}`, {
      isOwner: true,
      names: new Set([EMAIL, "maja"]),
      userIds: ["MAJA1"],
    });

    const plan = await planView(stage, await planned(stage, SCOPE));

    expect(plan.assets.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["dataset", "dataset", "dataset", "workspace"]),
    );
  });

  it("takes the person from the users by a call, where a setting says that the service takes it", async () => {
    addUsers();

    const plan = await planView(stage, await planned(stage, SCOPE));

    expect(plan.assets.map(({ kind, id, way }) => [kind, id, way])).toContainEqual([
      "users",
      `${WORKSPACE.workspaceId}/MAJA1`,
      "erase",
    ]);
    expect(plan.manualSteps).toEqual([]);
  });

  it("takes the person from the users although the package has the whole list", async () => {
    addUsers();

    const plan = await planView(stage, await exportedFirst());

    const user = plan.assets.find(({ kind }) => kind === "users");
    expect(user).toMatchObject({ way: "erase", why: null });
  });

  it("lists as manual steps the removal of the user, and a workspace that cannot be searched", async () => {
    addUsers();
    const why = { why: "unverified-call", detail: "no" } as const;
    stage.eraser.refuses = ({ kind }) => (kind === "users" ? why : null);
    stage.source.others.push({ workspace: AWAY, failure: new AppError("workspace-denied", "No") });

    const plan = await planView(stage, await planned(stage, SCOPE));

    expect(plan.manualSteps).toEqual(
      expect.arrayContaining([
        { workspace: WORKSPACE.workspaceId, text: expect.stringContaining("remove this person") },
        { workspace: AWAY.workspaceId, text: expect.stringContaining("workspace-denied") },
      ]),
    );
  });
});

function addUsers(): void {
  const { asset, files } = aDataset("users", "[]");
  const users = { ...asset, kind: "users", sourceId: WORKSPACE.workspaceId } as const;
  stage.source.assets.push({ asset: users, files });
}

async function exportedFirst(): Promise<PrivacyRequest> {
  const request = await planned(stage, SCOPE, true);
  await pass(stage, 10);
  return requestOf(stage, request.requestId);
}
