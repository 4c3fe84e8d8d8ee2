import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createMovableClock } from "../../../local/simulators/clock.ts";
import { credentialOf, workspaceIdOf } from "../../../local/simulators/seed/derived-ids.ts";
import {
  type Answer,
  callArm,
  callControl,
  callStudio,
  jsonOf,
  linkOf,
  listStudio,
  urlOf,
  valuesOf,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const CONTOSO =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn";
const ZIP_CODES = "Zip codes";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());
beforeEach(() => simulators.switches.reset());

async function bytesOf(link: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(link)).arrayBuffer());
}

describe("links", () => {
  it("give the same bytes through the relay, a redirect and the blob itself", async () => {
    const relayed = await bytesOf(await linkOf(simulators, "S1", ZIP_CODES));
    simulators.switches.change({ linkMode: "redirect" });
    const redirect = await fetch(await linkOf(simulators, "S1", ZIP_CODES), { redirect: "manual" });
    const redirected = await bytesOf(redirect.headers.get("location") ?? "");
    simulators.switches.change({ linkMode: "direct" });
    const link = await linkOf(simulators, "S1", ZIP_CODES);

    expect(redirect.status).toBe(302);
    expect(redirected.equals(relayed)).toBe(true);
    expect(new URL(link).pathname).toMatch(/^\/blob\/contosochurnml\/experimentoutput\//);
    expect((await bytesOf(link)).equals(relayed)).toBe(true);
  });

  it("that name the blob itself are refused when altered, expired or leaked a token to", async () => {
    const clock = createMovableClock();
    await using own = await startTestSimulators({ clock, switches: { linkMode: "direct" } });
    const link = await linkOf(own, "S1", ZIP_CODES);
    const headers = { Authorization: "Bearer any" };

    const altered = await fetch(link.replace(/se=\d{4}/, "se=2999"));
    const leaked = await fetch(link, { headers });
    own.switches.change({ strictLinks: false });
    const tolerated = await fetch(link, { headers });
    clock.advance(25 * 60 * 60 * 1000);
    const expired = await fetch(link);

    expect([altered, leaked, tolerated, expired].map(({ status }) => status)).toEqual([
      403, 403, 200, 403,
    ]);
  });

  it.each([
    ["octet-stream", "application/octet-stream"],
    ["by-data-type", "text/csv"],
    ["absent", null],
  ] as const)("announce their content as %s", async (contentType, expected) => {
    simulators.switches.change({ contentType });

    const response = await fetch(await linkOf(simulators, "S1", ZIP_CODES));

    expect(response.headers.get("content-type")).toBe(expected);
  });

  it("of node outputs lead nowhere when the results were cleaned up", async () => {
    simulators.switches.change({ promotedOutput: "missing" });

    const scored = await fetch(await linkOf(simulators, "S1", "Scored customers"));
    const uploaded = await fetch(await linkOf(simulators, "S1", ZIP_CODES));

    expect([scored.status, uploaded.status]).toEqual([404, 200]);
  });

  it("work again after the keys of a rotated storage account were fetched", async () => {
    simulators.switches.change({ storageRotated: ["S1"] });
    const link = await linkOf(simulators, "S1", ZIP_CODES);

    const before = await fetch(link);
    const resync = await callArm(simulators, `${CONTOSO}/resyncStorageKeys`, { method: "POST" });
    const after = await fetch(link);

    expect([before.status, resync.status, after.status]).toEqual([500, 200, 200]);
  });
});

describe("lists", () => {
  it("have archived experiments unasked when the switch says so", async () => {
    simulators.switches.change({ includeArchived: true });

    const listed = await listStudio(simulators, "S1", "/experiments");

    expect(valuesOf(listed, "Description")).toContain("2016 baseline");
  });

  it.each([
    ["removed", 200, "[]"],
    ["gone", 404, null],
    ["by-clock", 200, "[]"],
  ] as const)("have no notebooks when they are %s", async (notebooks, status, body) => {
    simulators.switches.change({ notebooks });

    const response = await callStudio(simulators, "S1", "/notebooks");

    expect(response.status).toBe(status);
    expect(body === null || (await response.text()) === body).toBe(true);
  });

  it("have notebooks by the clock before 13 April 2020", async () => {
    let nowMs = Date.parse("2020-04-12T23:59:00Z");
    const clock = { now: () => nowMs, advance: (byMs: number) => void (nowMs += byMs) };
    await using own = await startTestSimulators({ clock, switches: { notebooks: "by-clock" } });

    const before = await listStudio(own, "S1", "/notebooks");
    clock.advance(60_000);
    const after = await listStudio(own, "S1", "/notebooks");

    expect([before.length, after.length]).toEqual([1, 0]);
  });

  it("have a property more in every object when asked", async () => {
    simulators.switches.change({ extraProperties: true });

    const users = await listStudio(simulators, "S1", "/users");

    expect(users[0]).toMatchObject({ UnknownProperty: "new", User: { UnknownProperty: "new" } });
  });
});

describe("what is new", () => {
  it("has a pending schema for so many polls, then a state that nobody knows", async () => {
    simulators.switches.change({ polls: 2, unknownFinalStatus: "Halted" });
    const added = await callControl(simulators, "POST", "workspaces/F3/datasets", { name: "new" });
    const { id } = await jsonOf<{ id: string }>(added);

    const states: unknown[] = [];
    for (let poll = 0; poll < 3; poll += 1) {
      const dataset = await jsonOf<Answer>(
        await callStudio(simulators, "F3", `/datasources/${id}`),
      );
      states.push(dataset["SchemaStatus"]);
    }

    expect(states).toEqual(["Pending", "Pending", "Halted"]);
  });

  it("answers 401 for a while when it is an endpoint", async () => {
    const clock = createMovableClock();
    await using own = await startTestSimulators({ clock, switches: { publishLagSeconds: 3_600 } });
    const added = await callControl(own, "POST", "workspaces/F3/web-services", { name: "new" });
    const { id } = await jsonOf<{ id: string }>(added);
    const workspaces = await jsonOf<Answer[]>(await callControl(own, "GET", "workspaces"));
    const f3 = workspaces.find(({ key }) => key === "F3");
    const url = `${own.addresses.management}/workspaces/${String(f3?.["id"])}/webservices/${id}/endpoints/default`;
    const headers = { Authorization: `Bearer ${String(f3?.["primaryToken"])}` };

    const early = await fetch(url, { headers });
    clock.advance(3_600_000);
    const late = await fetch(url, { headers });

    expect([early.status, late.status]).toEqual([401, 200]);
  });
});

describe("guest workspaces", () => {
  it.each(["401", "403", "404"] as const)("answer %s once they are over", async (guestExpiry) => {
    simulators.switches.change({ guestExpiry });

    const { management } = simulators.addresses;
    const url = `${management}/workspaces/${workspaceIdOf("G3")}/webservices`;
    const services = await fetch(url, {
      headers: { Authorization: `Bearer ${credentialOf("token1:G3")}` },
    });

    expect((await callStudio(simulators, "G3", "/users")).status).toBe(Number(guestExpiry));
    expect(services.status).toBe(Number(guestExpiry));
  });
});

it("models have a link when the switch gives them one", async () => {
  simulators.switches.change({ modelDownloadLocation: "endpoint" });

  const [model] = await listStudio(simulators, "S1", "/trainedmodels");

  expect(await bytesOf(urlOf(model?.["DownloadLocation"] as Answer))).toHaveLength(313_158);
});
