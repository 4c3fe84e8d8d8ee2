import { decodeJwt } from "jose";
import { afterAll, describe, expect, it } from "vitest";
import {
  type Answer,
  callControl,
  callStudio,
  jsonOf,
  resourceToken,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators({ smallWorkspaces: 6, tokenLifetimeSeconds: 330 });
afterAll(() => simulators[Symbol.asyncDispose]());

async function control(path: string): Promise<Answer[]> {
  return jsonOf<Answer[]>(await callControl(simulators, "GET", path));
}

describe("small workspaces for load", () => {
  it("are of all account types in turn, beside the seeded ones", async () => {
    const all = await control("workspaces");
    const small = all.filter(({ key }) => /^L\d{5}$/.test(String(key)));

    const inTurn = ["PaidStandard", "Free", "Anonymous"];
    expect(small.map(({ type }) => type)).toEqual([...inTurn, ...inTurn]);
    expect(new Set(small.map(({ id }) => id)).size).toBe(6);
    expect(all.map(({ key }) => key)).toContain("S1");
  });

  it("hold data sets, an experiment, and a web service where there can be one", async () => {
    const kinds = await Promise.all(
      ["L00001", "L00002", "L00003"].map(async (key) =>
        (await control(`workspaces/${key}/assets`)).map(({ kind }) => kind),
      ),
    );

    expect(kinds).toEqual([
      ["dataset", "dataset", "experiment", "arm-web-service"],
      ["dataset", "dataset", "experiment", "web-service", "web-service-endpoint"],
      ["dataset", "dataset", "experiment"],
    ]);
  });
});

describe("the removals", () => {
  it("are what calls made go, each once, however often it was asked for", async () => {
    const [dataset] = await control("workspaces/L00002/assets");
    const path = `/datasources/family/${String(dataset?.["id"])}`;
    await callStudio(simulators, "L00002", path, { method: "DELETE" });
    await callStudio(simulators, "L00002", path, { method: "DELETE" });

    expect(await control("removals")).toEqual([
      {
        key: "L00002",
        workspaceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        kind: "family",
        id: dataset?.["id"],
        at: expect.stringMatching(/Z$/),
      },
    ]);
  });
});

describe("tokens", () => {
  it("are good for as long as was asked for", async () => {
    const { exp = 0, iat = 0 } = decodeJwt(await resourceToken(simulators, "https://vault"));
    expect(exp - iat).toBe(330);
  });
});
