import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workspaceIdOf } from "../../../local/simulators/seed/derived-ids.ts";
import { PEOPLE } from "../../../local/simulators/seed/people.ts";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import type { Subject } from "../../../shared/core/person.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import type { Provider } from "../../../shared/pipeline/ports.ts";
import { subjectAssets } from "../../../shared/pipeline/subject.ts";
import { collect, collectFiles, textsOf } from "../../support/providers/collect.ts";
import { directoryOn, providerWith } from "../../support/providers/provider-on-simulators.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const CHURN_ID = "b577bbf6c46640c822e2a6e3d255d437";
const { email } = PEOPLE.jonas;

let simulators: Simulators;
let provider: Provider;
let churn: Workspace;
beforeAll(async () => {
  simulators = await startTestSimulators();
  const directory = directoryOn(simulators);
  provider = providerWith(simulators, directory);
  churn = await directory.find({ by: "workspace-id", workspaceId: CHURN_ID });
});
afterAll(() => simulators[Symbol.asyncDispose]());

describe("a person in a workspace", () => {
  it("is known by address in any case, and by account id", async () => {
    const byEmail = await provider.person(churn, { email: email?.toUpperCase() ?? "" });
    const accountId = [...(byEmail?.names ?? [])].find((name) => /^[0-9a-f]{16}$/.test(name));

    const byId = await provider.person(churn, { accountId: accountId ?? "" });

    expect(byEmail).toMatchObject({ isOwner: true });
    expect(byEmail?.names).toContain("jonas weber");
    expect(byId?.names).toEqual(byEmail?.names);
    expect(await provider.person(churn, { email: "nobody@example.org" })).toBeNull();
  });

  it("has the assets that name them, and only their own entry of the users", async () => {
    const subject: Subject = { email: email ?? "" };
    const all = await collect(provider.inventory(churn));

    const theirs = await collect(subjectAssets({ provider }, churn, subject, "export"));

    const named = all.filter(({ owner }) => owner === PEOPLE.jonas.name);
    expect(named.length).toBeGreaterThan(0);
    expect(named.length).toBeLessThan(all.length);
    expect(theirs.map(({ sourceId }) => sourceId)).toEqual(
      expect.arrayContaining(named.map(({ sourceId }) => sourceId)),
    );
    const users = theirs.find(({ kind }) => kind === "users");
    const files =
      users === undefined ? [] : await collectFiles(provider.files(churn, users, subject));
    const text = (await textsOf(files)).join();
    expect(JSON.parse(text)).toMatchObject([{ User: { Email: email } }]);
    expect(text).not.toContain("priya");
  });
});

describe("the list of ARM", () => {
  it("has every workspace once, and one that cannot be looked up with the reason", async () => {
    simulators.faults.add([
      {
        surface: "arm",
        method: "GET",
        pathPattern: "workspaces/contoso-churn",
        nth: 1,
        times: 9,
        action: { status: 403 },
      },
    ]);

    const listed = await collect(directoryOn(simulators).list());

    const ids = listed.map(({ workspace }) => workspace.workspaceId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain(workspaceIdOf("S2"));
    const away = listed.filter(({ failure }) => failure !== null);
    expect(away).toMatchObject([
      { workspace: { workspaceId: CHURN_ID }, failure: { code: "workspace-denied" } },
    ]);
  });
});
