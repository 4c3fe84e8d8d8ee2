import { afterAll, describe, expect, it } from "vitest";
import { createMovableClock } from "../../../local/simulators/clock.ts";
import {
  callStudio,
  listStudio,
  TRAINING,
  valuesOf,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());

describe("deleting over the Studio API", () => {
  const FAMILY = "/datasources/family/5dd8768ae911722d700b99f7279aa1fc";

  it("removes all versions of a data set, and answers 404 the second time", async () => {
    await using own = await startTestSimulators();

    const first = await callStudio(own, "S1", FAMILY, { method: "DELETE" });
    const listed = await listStudio(own, "S1", "/datasources");
    const second = await callStudio(own, "S1", FAMILY, { method: "DELETE" });

    expect([first.status, second.status]).toEqual([204, 404]);
    expect(valuesOf(listed)).not.toContain("CRM customers 2018-04");
  });

  it("still lists a deleted data set for as long as the switch says", async () => {
    const clock = createMovableClock();
    await using own = await startTestSimulators({ clock });
    own.switches.change({ deleteLagSeconds: 3_600 });

    await callStudio(own, "S1", FAMILY, { method: "DELETE" });
    const before = await listStudio(own, "S1", "/datasources");
    clock.advance(3_600_000);
    const after = await listStudio(own, "S1", "/datasources");

    expect([before.length, after.length]).toEqual([19, 18]);
  });

  it("refuses the first delete of each data set when asked", async () => {
    await using own = await startTestSimulators();
    own.switches.change({ firstDeleteFails400: true });

    const first = await callStudio(own, "S1", FAMILY, { method: "DELETE" });
    const second = await callStudio(own, "S1", FAMILY, { method: "DELETE" });

    expect([first.status, second.status]).toEqual([400, 204]);
  });

  it("removes an experiment with its runs, or its head only", async () => {
    await using own = await startTestSimulators();
    const all = "/experiments?includeNonLeaf=true";

    await callStudio(own, "S1", TRAINING, { method: "DELETE" });
    const withoutHead = await listStudio(own, "S1", all);
    const gone = await callStudio(own, "S1", TRAINING);
    const missing = await callStudio(own, "S1", `${TRAINING}?deleteAncestors=true`, {
      method: "DELETE",
    });

    const runs = withoutHead.filter(({ Description }) => Description === "Churn - training");
    expect(valuesOf(runs, "IsLeaf")).toEqual([false, false]);
    expect([gone.status, missing.status]).toEqual([404, 404]);
  });

  it("refuses a delete with a stale entity tag", async () => {
    const stale = await callStudio(simulators, "S1", `${TRAINING}?deleteAncestors=true`, {
      method: "DELETE",
      headers: { "If-Match": `W/"datetime'2011-01-01T00%3A00%3A00.1234567Z'"` },
    });

    expect(stale.status).toBe(412);
    expect((await callStudio(simulators, "S1", TRAINING)).status).toBe(200);
  });

  it("never deletes a sample", async () => {
    const samples = await listStudio(simulators, "S1", "/datasources");
    const family = samples.find(({ Name }) => Name === "Movie Ratings")?.["FamilyId"];

    const response = await callStudio(simulators, "S1", `/datasources/family/${String(family)}`, {
      method: "DELETE",
    });

    expect(response.status).toBe(403);
  });

  it("keeps calls that no client ever made behind a switch", async () => {
    await using own = await startTestSimulators();
    const model = "/trainedmodels/family/6edf910660790088c18d222f3ed284a3";

    const refused = await callStudio(own, "S1", model, { method: "DELETE" });
    own.switches.change({ unverifiedCalls: true });
    const done = await callStudio(own, "S1", model, { method: "DELETE" });

    expect([refused.status, done.status]).toEqual([404, 204]);
    expect(valuesOf(await listStudio(own, "S1", "/trainedmodels"))).toEqual(["Churn R forest"]);
  });

  it("answers 500 AzureStorageError when the storage account is gone", async () => {
    const [dataset] = await listStudio(simulators, "S3", "/datasources");

    const response = await callStudio(
      simulators,
      "S3",
      `/datasources/family/${String(dataset?.["FamilyId"])}`,
      { method: "DELETE" },
    );

    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      Error: { Code: "AzureStorageError", InnerError: { Code: "Unknown", InnerError: null } },
    });
  });
});
