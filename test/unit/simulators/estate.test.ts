import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { createEstate, type EstateOptions } from "../../../local/simulators/estate/estate.ts";
import { secretsOf } from "../../../local/simulators/estate/secrets.ts";
import { isExpiredGuest, type Workspace } from "../../../local/simulators/estate/workspace.ts";
import { seedTimeMs } from "../../../local/simulators/seed/seed-workspaces.ts";

const STARTED_AT_MS = Date.parse("2030-01-01T12:00:00Z");

function workspaceOf(key: string, options: EstateOptions = {}): Workspace {
  const { workspaces } = createEstate(STARTED_AT_MS, options);
  const found = workspaces.find((workspace) => workspace.key === key);
  if (found === undefined) throw new Error(`no workspace ${key}`);
  return found;
}

async function bytesOf(workspace: Workspace, name: string): Promise<Buffer> {
  const asset = [...workspace.datasets].find((dataset) => dataset.name === name);
  if (asset === undefined) throw new Error(`no data set ${name}`);
  const { content } = asset.blob;
  return buffer(content.open({ first: 0, last: content.sizeBytes - 1 }));
}

describe("estate", () => {
  it("gives contoso-churn more than 25 MB of public data sets", () => {
    const { datasets } = workspaceOf("S1");

    const sizesBytes = [...datasets].map(({ blob }) => blob.content.sizeBytes);
    const large = sizesBytes.filter((sizeBytes) => sizeBytes > 30_000);
    expect(large).toHaveLength(9);
    expect(sizesBytes.reduce((sum, sizeBytes) => sum + sizeBytes, 0)).toBe(31_537_095);
  });

  it("numbers versions over the whole workspace and marks the newest", () => {
    const crm = [...workspaceOf("S1").datasets].filter(
      ({ name }) => name === "CRM customers 2018-04",
    );

    expect(
      crm.map(({ batch, serviceVersion, isLatest }) => [batch, serviceVersion, isLatest]),
    ).toEqual([
      [1, 0, false],
      [2, 1, false],
      [3, 2, true],
    ]);
  });

  it.each([
    ["G1", false],
    ["G2", false],
    ["G3", true],
  ])("makes guest workspace %s expired at start: %s", (key, isExpired) => {
    expect(isExpiredGuest(workspaceOf(key), STARTED_AT_MS)).toBe(isExpired);
  });

  it("ends the second guest workspace five minutes after the start", () => {
    const guest = workspaceOf("G2");

    expect(isExpiredGuest(guest, STARTED_AT_MS + 299_999)).toBe(false);
    expect(isExpiredGuest(guest, STARTED_AT_MS + 300_000)).toBe(true);
  });

  it("fills the bulk workspace with numbered items", () => {
    const bulk = workspaceOf("S5");

    const { datasets, experiments, models, webServices } = bulk;
    expect([datasets.size, experiments.length, models.size, webServices.length]).toEqual([
      250, 60, 40, 25,
    ]);
    expect([...datasets][41]?.name).toBe("Bulk dataset 042");
  });

  it("adds a large data set of the size asked for, without making it", () => {
    const { datasets } = workspaceOf("S1", { largeDatasetBytes: 5_000_000_000_000 });

    expect([...datasets].at(-1)?.blob.content.sizeBytes).toBe(5_000_000_000_000);
  });

  it("writes one file with a byte-order mark and CRLF, another in Latin-1", async () => {
    const crm = await bytesOf(workspaceOf("S1"), "CRM customers 2018-04");
    const patients = await bytesOf(workspaceOf("F2"), "Pacientes – série 2017 (ção)");

    expect(crm.subarray(0, 3).toString("hex")).toBe("efbbbf");
    expect(crm.toString()).toContain('1002,"Bram ""BB"" Bakker",');
    expect(crm.toString().endsWith("\r\n")).toBe(true);
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(patients)).toThrow(TypeError);
    expect(patients.toString("latin1")).toContain("José Conceição");
  });

  it("lists the storage key, the tokens and every endpoint key among the secrets", () => {
    const secrets = secretsOf(workspaceOf("S1"));

    expect(secrets).toContain(
      "vojKUWahI3J2TH/hKdI9WEjzKHaKbyEXdSxt2Yhkn6aVU5t2A6jtktz6OeRHKo8uQOSpxNpOAIUDHld2Gyw2AA==",
    );
    expect(secrets).toContain(
      "H5VntkaOO0Sn0oeHke5OI8TFqGAehfEchrFdHOtJCsE9ypQqIQwbz81CVaPy5k9GLsv94wygS/Ekm7tCwevFDA==",
    );
    expect(new Set(secrets).size).toBe(secrets.length);
  });

  it("refuses a seed time that is none", () => {
    expect(seedTimeMs("now-7h55m", STARTED_AT_MS)).toBe(Date.parse("2030-01-01T04:05:00Z"));
    expect(() => seedTimeMs("yesterday", STARTED_AT_MS)).toThrow(RangeError);
  });
});
