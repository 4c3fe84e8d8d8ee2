import { readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type CliSetup, cliSetup, REQUEST_ID } from "../../support/cli/cli-setup.ts";
import { jsonLines } from "../../support/cli/json-lines.ts";
import { makeZip } from "../../support/zip/make-zip.ts";

async function withZip(changes: Readonly<Record<string, string>> = {}): Promise<CliSetup> {
  const setup = await cliSetup();
  setup.api.zip = makeZip({ ...setup.api.files, ...changes });
  return setup;
}

function zipReads({ api }: CliSetup) {
  return api.calls.filter(({ path }) => path === "/storage/package.zip");
}

describe("studio-dsr download --zip", () => {
  it("fetches the package in one file, proves every file in it, and keeps it", async () => {
    await using setup = await withZip();

    const first = await setup.download("--zip", "--json");
    const again = await setup.download("--zip");

    expect(first).toMatchObject({ exitCode: 0 });
    expect(jsonLines(first.stdout)).toMatchObject([
      { file: setup.out, files: 7, bytes: setup.api.zip?.length },
    ]);
    expect(await readFile(setup.out)).toEqual(setup.api.zip);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toContain("7 files");
    expect(zipReads(setup)).toHaveLength(1);
    expect(await readdir(setup.folder)).not.toContain(`out.${REQUEST_ID.slice(0, 8)}.part`);
  });

  it("goes on from where it was cut off", async () => {
    await using setup = await withZip();
    setup.api.onRead = (path, count, response) => {
      if (path !== "package.zip" || count > 1) return false;
      response.writeHead(200, { "content-length": setup.api.zip?.length ?? 0 });
      response.write(setup.api.zip?.subarray(0, 900_000), () => response.destroy());
      return true;
    };

    const { exitCode } = await setup.download("--zip");

    expect(exitCode).toBe(0);
    expect(await readFile(setup.out)).toEqual(setup.api.zip);
    const ranges = zipReads(setup).map(({ range }) => range);
    expect(ranges[0]).toBe("");
    expect(ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range))).toBe(true);
  });

  it("asks for another link when one has run out", async () => {
    await using setup = await withZip();
    setup.api.onRead = (path, count, response) => {
      if (path !== "package.zip" || count > 1) return false;
      response.writeHead(403).end();
      return true;
    };

    const { exitCode } = await setup.download("--zip");

    expect(exitCode).toBe(0);
    expect(zipReads(setup)).toHaveLength(2);
  });

  it("waits until it is composed", async () => {
    await using setup = await cliSetup();
    const running = setup.download("--zip");
    await expect.poll(() => setup.api.calls.length, { timeout: 20_000 }).toBeGreaterThan(1);

    setup.api.zip = makeZip(setup.api.files);

    expect(await running).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ["differs", { "data/contoso-churn/experiments/100%.json": "[]" }, "differs from its SHA-256"],
    ["is too much", { "data/more.csv": "x" }, "does not belong to the package"],
  ])("refuses an archive in which a file %s", async (_what, changes, problem) => {
    await using setup = await withZip(changes);

    const { exitCode, stderr } = await setup.download("--zip");

    expect(exitCode).toBe(1);
    expect(stderr).toContain(problem);
    expect(await readdir(setup.folder)).not.toContain("out");
  });

  it("leaves a file alone that is something else", async () => {
    await using setup = await withZip();
    await writeFile(setup.out, "mine");

    const { exitCode, stderr } = await setup.download("--zip");

    expect(exitCode).toBe(1);
    expect(stderr).toContain("is not the package");
    expect(await readFile(setup.out, "utf8")).toBe("mine");
  });
});

describe("studio-dsr retry", () => {
  it("asks for what failed and says how to follow it", async () => {
    await using setup = await cliSetup();

    const { exitCode, stdout } = await setup.run("retry", REQUEST_ID);

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`studio-dsr status ${REQUEST_ID} --watch`);
    expect(setup.api.calls.at(-1)).toMatchObject({
      method: "POST",
      path: `/api/privacy-requests/${REQUEST_ID}/retry`,
    });
  });
});
