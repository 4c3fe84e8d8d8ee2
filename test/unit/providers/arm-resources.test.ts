import { describe, expect, it } from "vitest";
import { payloadLink } from "../../../shared/providers/arm/resources.ts";
import { collect, collectFiles, textsOf } from "../../support/providers/collect.ts";
import {
  ARM_ID,
  arm,
  CHURN,
  GROUP,
  list,
  ORIGIN,
  PLAN,
  PROVIDER,
  SERVICE,
  SUBSCRIPTION,
  service,
} from "../../support/providers/fake-arm.ts";
import {
  answers,
  asset,
  ID,
  keyIn,
  studio,
  WORKSPACE,
} from "../../support/providers/fake-studio.ts";

describe("the web services of a workspace", () => {
  it.each([
    ["its ARM id", ARM_ID],
    ["its ARM id in another case", ARM_ID.toUpperCase()],
    ["its id", ID],
    ["its id in upper case", ID.toUpperCase()],
    ["its id as a GUID", ID.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")],
  ])("are found by %s", async (_what, id) => {
    const { resources } = arm({ [`${SUBSCRIPTION}${PROVIDER}/webServices`]: list(service(id)) });

    expect(await collect(resources.webServices(CHURN))).toEqual([
      {
        armId: SERVICE,
        name: "churn-v2",
        etag: "",
        createdAt: "2018-05-01T10:00:00.123Z",
        modifiedAt: null,
      },
    ]);
  });

  it("are not those of another workspace, nor those that name none", async () => {
    const others = [service("0".repeat(32)), service(`${ARM_ID}-2`), service(null)];
    const { resources } = arm({ [`${SUBSCRIPTION}${PROVIDER}/webServices`]: list(...others) });

    expect(await collect(resources.webServices(CHURN))).toEqual([]);
  });

  it("are looked at one by one where the list leaves out whose they are", async () => {
    const { resources } = arm({
      [`${SUBSCRIPTION}${PROVIDER}/webServices`]: list({
        id: SERVICE,
        name: "churn-v2",
        properties: {},
      }),
      [SERVICE]: service(ID),
    });

    expect(await collect(resources.webServices(CHURN))).toHaveLength(1);
  });

  it("are looked for in the workspace's own group where the subscription is closed to us", async () => {
    const { resources } = arm({
      [`${SUBSCRIPTION}${PROVIDER}/webServices`]: 403,
      [`${GROUP}${PROVIDER}/webServices`]: list(service(ID)),
    });

    expect(await collect(resources.webServices(CHURN))).toHaveLength(1);
  });

  it("are a failure where both are closed", async () => {
    const { resources } = arm({
      [`${SUBSCRIPTION}${PROVIDER}/webServices`]: 403,
      [`${GROUP}${PROVIDER}/webServices`]: 403,
    });

    const services = collect(resources.webServices(CHURN));

    await expect(services).rejects.toMatchObject({ code: "workspace-denied" });
  });
});

describe("the commitment plans of a workspace", () => {
  const association = (id: string) => ({ properties: { AssociatedResourceId: id } });
  const plans = {
    [`${SUBSCRIPTION}${PROVIDER}/commitmentPlans`]: list({
      id: PLAN,
      name: "s1",
      etag: "e1",
      properties: {},
    }),
  };

  it("are those that one of its services uses, whatever the case of its id", async () => {
    const { resources } = arm({
      ...plans,
      [`${PLAN}/commitmentAssociations`]: list(
        association("/other"),
        association(SERVICE.toUpperCase()),
      ),
    });

    const found = await collect(resources.plans(CHURN, new Set([SERVICE.toLowerCase()])));

    expect(found).toMatchObject([{ armId: PLAN, name: "s1", etag: "e1" }]);
  });

  it("are not those of others' services", async () => {
    const { resources } = arm({
      ...plans,
      [`${PLAN}/commitmentAssociations`]: list(association("/other")),
    });

    expect(await collect(resources.plans(CHURN, new Set([SERVICE.toLowerCase()])))).toEqual([]);
  });

  it("come with every page of their associations and their usage", async () => {
    const next = `${ORIGIN}${PLAN}/usageHistory?api-version=2016-05-01-preview&$skipToken=2`;
    const { resources } = arm({
      [PLAN]: { id: PLAN },
      [`${PLAN}/commitmentAssociations`]: list(),
      [`${PLAN}/usageHistory`]: (url: URL) =>
        url.searchParams.has("$skipToken")
          ? list({ usage: 2 })
          : { ...list({ usage: 1 }), nextLink: next },
    });
    const { provider } = studio(answers({}), { arm: resources });

    const files = await collectFiles(provider.files(CHURN, asset("commitment-plan", PLAN)));

    expect(files.map(({ path }) => path[0])).toEqual([
      "plan.json",
      "associations.json",
      "usage-history.json",
      "usage-history (page 2).json",
    ]);
    expect((await textsOf(files))[3]).toBe('{"value":[{"usage":2}]}');
  });

  it("are never read from a page on another host", async () => {
    const { resources } = arm({
      [`${SUBSCRIPTION}${PROVIDER}/commitmentPlans`]: {
        value: [],
        nextLink: "https://evil.example/subscriptions/1",
      },
    });

    const found = collect(resources.plans(CHURN, new Set()));

    await expect(found).rejects.toMatchObject({ code: "outbound-refused" });
  });
});

describe("a web service in Azure Resource Manager", () => {
  const PAYLOAD = "https://store.example/p/payload.json";

  it("comes without its keys and credentials, with the payload that lies in a blob", async () => {
    const { resources } = arm({
      [SERVICE]: {
        properties: {
          keys: { primary: "canary", secondary: "canary" },
          storageAccount: { name: "x", key: "canary" },
          payloadsInBlobStorage: true,
          payloadsLocation: { uri: PAYLOAD, credentials: "?sv=1&sig=canary" },
        },
      },
    });
    const { provider, transport } = studio(
      answers({
        [PAYLOAD]: { assets: { a: { locationInfo: { uri: "u", credentials: "canary" } } } },
      }),
      { arm: resources },
    );

    const files = await collectFiles(provider.files(CHURN, asset("arm-web-service", SERVICE)));

    const texts = await textsOf(files);
    expect(files.map(({ path }) => path[0])).toEqual(["web-service.json", "payload.json"]);
    expect(texts.join("")).not.toContain("canary");
    expect(texts[1]).toBe(
      '{"assets":{"a":{"locationInfo":{"uri":"u","credentials":"[redacted]"}}}}',
    );
    const call = transport.calls.at(-1);
    expect(String(call?.url)).toBe(`${PAYLOAD}?sv=1&sig=canary`);
    expect(call === undefined ? "" : keyIn(call)).toBeUndefined();
  });

  it("has a missing payload when the blob is gone", async () => {
    const { resources } = arm({
      [SERVICE]: {
        properties: { payloadsInBlobStorage: true, payloadsLocation: { uri: PAYLOAD } },
      },
    });
    const { provider } = studio(answers({}), { arm: resources });

    const parts = await collect(provider.files(CHURN, asset("arm-web-service", SERVICE)));

    expect(parts[1]).toEqual({ path: ["payload.json"], reason: "asset-not-found" });
  });

  it("has no payload elsewhere unless it says so", () => {
    expect(payloadLink('{"properties":{"payloadsInBlobStorage":false}}')).toBeNull();
  });

  it.each([
    ["of a free workspace", { ...CHURN, accountType: "free" as const }],
    ["of a guest workspace", { ...CHURN, accountType: "guest" as const }],
    ["outside ARM", WORKSPACE],
  ])("is never asked for when it would be %s", async (_whose, workspace) => {
    const { resources, asked } = arm({});
    const { provider } = studio(answers({}), { arm: resources });
    const outside = { ...workspace, armId: workspace === WORKSPACE ? null : workspace.armId };

    const files = collect(provider.files(outside, asset("arm-web-service", SERVICE)));

    await expect(files).rejects.toMatchObject({ code: "asset-not-found" });
    expect(asked).toEqual([]);
  });
});
