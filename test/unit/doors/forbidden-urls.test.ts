import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../shared/config.ts";
import { allowHosts } from "../../../shared/providers/allowed-hosts.ts";
import { STUDIO_REGIONS } from "../../../shared/studio-hosts.ts";
import { assertDescribed } from "../../support/doors/assert-described.ts";
import { callTo } from "../../support/doors/every-call.ts";
import { FORBIDDEN_URLS } from "../../support/doors/forbidden-urls.ts";
import { FREE_ID, FREE_TOKEN } from "../../support/memory/registrations.ts";
import { memoryStage } from "../../support/stage.ts";

const { Values: local } = JSON.parse(readFileSync("local.settings.json", "utf8")) as {
  Values: Record<string, string>;
};
const { OUTBOUND_HOSTS: _hosts, ALLOW_LOOPBACK: _loopback, ...settings } = local;
const { outbound } = parseConfig(settings);

it("there are more than sixty of them, each another", () => {
  expect(FORBIDDEN_URLS.length).toBeGreaterThan(60);
  expect(new Set(FORBIDDEN_URLS).size).toBe(FORBIDDEN_URLS.length);
});

describe.each(FORBIDDEN_URLS)("%s", (url) => {
  it("is not called, by the settings that a deployment has", () => {
    const listed = [...outbound.hosts, ...STUDIO_REGIONS.map((region) => region.split("//")[1])];
    const allow = allowHosts(
      listed.map((host) => host ?? ""),
      outbound,
    );

    expect(() => allow(url)).toThrow(expect.objectContaining({ code: "outbound-refused" }));
  });

  it("is no place of a workspace, whose token would go there", async () => {
    const stage = memoryStage();
    const looks: string[] = [];
    const { look } = stage.registrations.probe;
    Object.assign(stage.registrations.probe, {
      look: (asked: Parameters<typeof look>[0]) => {
        looks.push(asked.studioUrl);
        return look(asked);
      },
    });

    const answer = await callTo(stage, "registerWorkspace", {
      params: { id: FREE_ID },
      body: { studioUrl: url, token: FREE_TOKEN },
    });

    expect(answer).toMatchObject({ status: 400, body: { code: "validation-failed" } });
    assertDescribed("registerWorkspace", answer);
    expect(JSON.stringify(answer)).not.toContain(JSON.stringify(url).slice(1, -1));
    expect(looks).toEqual([]);
  });

  it.each([
    ["a workspace", { scope: { workspace: url } }],
    ["one of many", { scope: { workspaces: [FREE_ID, url] } }],
    ["that of an asset", { scope: { assets: [{ kind: "dataset", id: "1", workspace: url }] } }],
  ])("is no %s of a request", async (_what, body) => {
    const answer = await callTo(memoryStage(), "submitRequest", {
      body: { kind: "export", ...body },
    });

    expect(answer).toMatchObject({ status: 400, body: { code: "validation-failed" } });
  });
});
