import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config.ts";
import { AppError } from "../../shared/errors.ts";

const { Values: LOCAL } = JSON.parse(readFileSync("local.settings.json", "utf8")) as {
  Values: Record<string, string>;
};

describe("the settings", () => {
  it("of the local file are complete, and leave the rest at its default", () => {
    const config = parseConfig(LOCAL);

    expect(config).toMatchObject({
      groups: ["intake", "export", "delete", "upkeep"],
      clientId: null,
      outbound: { allowLoopback: true },
      pace: { leaseMs: 10_000, stepMs: 300_000, blockBytes: 4_194_304, retentionMs: 2_592_000_000 },
    });
  });

  it("tell everything that is wrong at once, and repeat no value", () => {
    const env = {
      ...LOCAL,
      AUTH_ISSUER: "secret-1",
      LEASE_MS: "secret-2",
      STORAGE_BLOB_URL: "http://plain.example",
      PSEUDONYM_KEY: undefined,
      FUNCTION_GROUPS: "intake,secret-3",
      ServiceBus: "",
    };

    const parse = () => parseConfig(env);

    expect(parse).toThrow(AppError);
    expect(parse).toThrow(
      expect.objectContaining({
        code: "validation-failed",
        findings: [
          expect.objectContaining({ pointer: "/FUNCTION_GROUPS/1" }),
          expect.objectContaining({ pointer: "/AUTH_ISSUER" }),
          expect.objectContaining({ pointer: "/STORAGE_BLOB_URL" }),
          expect.objectContaining({ pointer: "/PSEUDONYM_KEY" }),
          expect.objectContaining({ pointer: "/LEASE_MS" }),
          expect.objectContaining({ pointer: "/ServiceBus__fullyQualifiedNamespace" }),
        ],
      }),
    );
    expect(parse).not.toThrow(/secret/);
  });

  it("make no call that no client made in public, and keep to ARM's limits, unless told otherwise", () => {
    const { erasure, armLimits } = parseConfig({ ...LOCAL, ARM_DELETE_CAPACITY: "50" });

    expect(erasure).toEqual({ unverifiedCalls: false, freeWorkspaceDelete: false });
    expect(armLimits).toEqual({
      deletes: { capacity: 50, refillPerSecond: 10 },
      reads: { capacity: 200, refillPerSecond: 10 },
    });
  });

  it("allow no loopback address, and only Studio's own hosts, unless they are told to", () => {
    const { ALLOW_LOOPBACK: _loopback, OUTBOUND_HOSTS: _hosts, ...env } = LOCAL;

    expect(parseConfig(env).outbound).toEqual({
      hosts: ["*.azureml.net", "*.blob.core.windows.net"],
      allowLoopback: false,
    });
  });

  it("know where Studio is in every region, and take others instead", () => {
    const { STUDIO_REGIONS: _regions, ...env } = LOCAL;

    const known = parseConfig(env).studioRegions.map(({ name }) => name);
    const others = parseConfig({ ...env, STUDIO_REGIONS: "mars = https://studio.mars.example/ ," });

    expect(known).toEqual(expect.arrayContaining(["southcentralus", "westeurope", "japaneast"]));
    expect(others.studioRegions).toEqual([
      { name: "mars", studioUrl: "https://studio.mars.example" },
    ]);
  });

  it.each([
    "southcentralus",
    "southcentralus=",
    "south central us=https://studio.example",
    "southcentralus=http://studio.example",
    "southcentralus=https://studio.example/api",
    "southcentralus=https://me@studio.example",
  ])("refuse the region %s", (region) => {
    const parse = () => parseConfig({ ...LOCAL, STUDIO_REGIONS: region });

    expect(parse).toThrow(
      expect.objectContaining({
        findings: [expect.objectContaining({ pointer: "/STUDIO_REGIONS" })],
      }),
    );
  });
});
