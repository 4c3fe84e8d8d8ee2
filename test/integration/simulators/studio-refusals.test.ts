import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createMovableClock } from "../../../local/simulators/clock.ts";
import { credentialOf } from "../../../local/simulators/seed/derived-ids.ts";
import { type Answer, callStudio, jsonOf } from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());
beforeEach(() => simulators.switches.reset());

describe("refusals of the Studio API", () => {
  it("answers a foreign token with 401, naming the address it was used on", async () => {
    const headers = { "x-ms-metaanalytics-authorizationtoken": credentialOf("token1:S2") };

    const response = await callStudio(simulators, "S1", "/users", { headers });

    const url = `${simulators.addresses.studio}/api/workspaces/b577bbf6c46640c822e2a6e3d255d437/users`;
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      Error: {
        Code: "UserError",
        Message: `Attempted access to ${url} is not authorized and has been denied.`,
        Target: null,
        Details: [],
        InnerError: null,
        DebugInfo: null,
      },
    });
  });

  it("takes the secondary token, but not the bearer header alone", async () => {
    const token = credentialOf("token2:S1");
    const { studio } = simulators.addresses;
    const url = `${studio}/api/workspaces/b577bbf6c46640c822e2a6e3d255d437`;

    const special = await fetch(url, {
      headers: { "x-ms-metaanalytics-authorizationtoken": token },
    });
    const bearer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });

    expect([special.status, bearer.status]).toEqual([200, 401]);
  });

  it("answers 404 in the form of 2018 for what it does not know", async () => {
    const response = await callStudio(simulators, "S1", "/datasources/unknown");

    const body = await jsonOf<{ Error: Answer }>(response);
    expect(response.status).toBe(404);
    expect(body.Error["Code"]).toBe("UserError");
  });

  it.each([
    ["2015", /^Request ID: /],
    ["lower-case", /^\{"error":\{"code":"UserError"/],
    ["empty", /^$/],
  ] as const)("writes errors in the form %s when asked", async (errorForm, expected) => {
    simulators.switches.change({ errorForm });

    const response = await callStudio(simulators, "S1", "/datasources/unknown");

    expect(await response.text()).toMatch(expected);
  });
});

describe("guest workspaces", () => {
  it("refuse every call once they are eight hours old", async () => {
    const clock = createMovableClock();
    await using own = await startTestSimulators({ clock });

    const young = await callStudio(own, "G2", "/users");
    const expired = await callStudio(own, "G3", "/users");
    clock.advance(5 * 60_000);
    const ended = await callStudio(own, "G2", "/users");

    expect([young.status, expired.status, ended.status]).toEqual([200, 401, 401]);
  });
});
