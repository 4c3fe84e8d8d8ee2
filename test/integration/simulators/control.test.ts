import { afterAll, afterEach, describe, expect, it } from "vitest";
import {
  type Answer,
  callControl,
  callStudio,
  jsonOf,
  linkOf,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());
afterEach(async () => {
  await callControl(simulators, "DELETE", "faults");
  await callControl(simulators, "DELETE", "switches");
});

describe("control endpoint", () => {
  it("logs calls in order, with no query and no token", async () => {
    await callControl(simulators, "DELETE", "calls");
    await callStudio(simulators, "S1", "/experiments?includeArchived=true");
    await fetch(await linkOf(simulators, "S1", "Movies"), { method: "HEAD" });

    const text = await (await callControl(simulators, "GET", "calls")).text();

    const calls = JSON.parse(text) as Answer[]; // asserted below
    expect(calls.map(({ surface, method, status }) => [surface, method, status])).toEqual([
      ["studio", "GET", 200],
      ["studio", "GET", 200],
      ["storage", "HEAD", 404],
      ["control", "GET", null],
    ]);
    expect(calls[0]?.["path"]).toBe("/api/workspaces/b577bbf6c46640c822e2a6e3d255d437/experiments");
    expect(text).not.toContain("signature");
    expect(text).not.toContain("includeArchived");
  });

  it("answers a status with body and headers for the calls asked for", async () => {
    await callControl(simulators, "POST", "faults", [
      {
        surface: "studio",
        method: "GET",
        pathPattern: "/users$",
        nth: 2,
        action: { status: 429, body: { busy: true }, headers: { "Retry-After": "7" } },
      },
    ]);

    const first = await callStudio(simulators, "S1", "/users");
    const second = await callStudio(simulators, "S1", "/users");
    const third = await callStudio(simulators, "S1", "/users");

    expect([first.status, second.status, third.status]).toEqual([200, 429, 200]);
    expect(second.headers.get("retry-after")).toBe("7");
    expect(await second.json()).toEqual({ busy: true });
  });

  it("claims a delete that does not happen", async () => {
    const family = "/datasources/family/5dd8768ae911722d700b99f7279aa1fc";
    await callControl(simulators, "POST", "faults", [
      { surface: "studio", method: "DELETE", pathPattern: "family", action: { status: 204 } },
    ]);

    const claimed = await callStudio(simulators, "S1", family, { method: "DELETE" });

    const stillThere = await linkOf(simulators, "S1", "CRM customers 2018-04");
    expect(claimed.status).toBe(204);
    expect(stillThere).toContain("sharedaccess");
  });

  it("breaks a connection without an answer", async () => {
    await callControl(simulators, "POST", "faults", [
      { surface: "studio", pathPattern: "/gateways$", action: { reset: true } },
    ]);

    await expect(callStudio(simulators, "S1", "/gateways")).rejects.toThrow("fetch failed");
    expect((await callStudio(simulators, "S1", "/gateways")).status).toBe(200);
  });

  it("does what is asked and breaks the connection before anybody hears of it", async () => {
    await using own = await startTestSimulators();
    await callControl(own, "POST", "faults", [
      { surface: "studio", method: "DELETE", pathPattern: "family", action: { resetAfter: true } },
    ]);
    const family = "/datasources/family/5dd8768ae911722d700b99f7279aa1fc";

    const deleting = callStudio(own, "S1", family, { method: "DELETE" });

    await expect(deleting).rejects.toThrow("fetch failed");
    expect((await callStudio(own, "S1", family, { method: "DELETE" })).status).toBe(404);
  });

  it("answers late", async () => {
    await callControl(simulators, "POST", "faults", [
      { surface: "studio", pathPattern: "/gateways$", action: { delayMs: 60_000 } },
    ]);

    const signal = AbortSignal.timeout(50);
    const calling = callStudio(simulators, "S1", "/gateways", { signal });

    await expect(calling).rejects.toThrow("aborted due to timeout");
  });

  it("changes the switches it is told and keeps the others", async () => {
    await callControl(simulators, "POST", "switches", { linkTtlSeconds: 5 });
    await callControl(simulators, "POST", "switches", { storageMissing: ["S1"] });

    const switches = await callControl(simulators, "GET", "switches");
    const download = await fetch(await linkOf(simulators, "S1", "Movies"));

    expect(await switches.json()).toMatchObject({ linkTtlSeconds: 5, storageMissing: ["S1"] });
    expect(download.status).toBe(500);
  });

  it.each([
    ["switches", { linkTTL: 5 }],
    ["switches", { deleteMissing: "500" }],
    ["faults", [{ surface: "moon" }]],
    ["clock", { advanceMs: -1 }],
  ])("refuses POST %s with %j", async (path, body) => {
    expect((await callControl(simulators, "POST", path, body)).status).toBe(400);
  });

  it("moves the clock on, which ends guest workspaces", async () => {
    await using own = await startTestSimulators();

    await callControl(own, "POST", "clock", { advanceMs: 6 * 60 * 60 * 1000 });

    expect((await callStudio(own, "G1", "")).status).toBe(401);
  });

  it("lists what is seeded", async () => {
    const workspaces = await jsonOf<Answer[]>(await callControl(simulators, "GET", "workspaces"));

    expect(workspaces.map(({ key, type }) => [key, type])).toContainEqual(["G1", "Anonymous"]);
    expect(workspaces.find(({ key }) => key === "S1")).toMatchObject({
      id: "b577bbf6c46640c822e2a6e3d255d437",
      name: "contoso-churn",
      armId:
        "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn",
    });
  });

  it("lists secrets that its own answers show", async () => {
    const secrets = await jsonOf<string[]>(
      await callControl(simulators, "GET", "workspaces/S1/secrets"),
    );
    const settings = await (await callStudio(simulators, "S1", "")).text();
    const link = decodeURIComponent(decodeURIComponent(await linkOf(simulators, "S1", "Movies")));

    expect(secrets.filter((secret) => settings.includes(secret))).toHaveLength(3);
    expect(secrets.filter((secret) => link.includes(secret))).toHaveLength(1);
    expect((await callControl(simulators, "GET", "workspaces/X9/secrets")).status).toBe(404);
  });
});
