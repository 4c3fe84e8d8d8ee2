import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cliSetup, REQUEST_ID as ID } from "../../support/cli/cli-setup.ts";

const CSV = "data/contoso-churn/datasets/Kündigungen 2018.csv";
const LARGE = "data/contoso-churn/large.bin";

describe("studio-dsr download", () => {
  it("writes every file to its path for the owner only, and proves the bag", async () => {
    await using setup = await cliSetup();

    const result = await setup.download("--json");

    expect(result).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(result.stdout)).toEqual({
      folder: setup.out,
      files: 7,
      bytes: 2_000_708,
      payloadFiles: 3,
      payloadBytes: 2_000_015,
    });
    expect(await readFile(join(setup.out, CSV), "utf8")).toBe("id,churn\n1,0\n");
    expect((await readdir(setup.out)).sort()).toEqual([
      "bag-info.txt",
      "bagit.txt",
      "data",
      "manifest-sha256.txt",
      "tagmanifest-sha256.txt",
    ]);
    expect((await stat(join(setup.out, CSV))).mode & 0o777).toBe(0o600);
    expect((await stat(setup.out)).mode & 0o777).toBe(0o700);
  });

  it("sends the token to the API and never to storage", async () => {
    await using setup = await cliSetup();

    await setup.download();

    const withToken = setup.api.calls.filter(({ authorization }) => authorization !== "");
    expect(withToken.map(({ path }) => path)).toEqual([`/api/privacy-requests/${ID}/package`]);
    expect(withToken[0]?.authorization).toBe("Bearer local");
  });

  it("asks for new links when storage refuses one", async () => {
    await using setup = await cliSetup();
    setup.api.onRead = (path, count, response) => {
      if (path !== LARGE || count > 1) return false;
      response.writeHead(403).end("<Error><Code>AuthenticationFailed</Code></Error>");
      return true;
    };

    const result = await setup.download();

    expect(result.exitCode).toBe(0);
    expect(setup.api.calls.filter(({ path }) => path.endsWith("/package"))).toHaveLength(2);
  });

  it("starts a transfer again that breaks in the middle", async () => {
    await using setup = await cliSetup();
    setup.api.onRead = (path, count, response) => {
      if (path !== LARGE || count > 2) return false;
      response.writeHead(200, { "content-length": "2000000" });
      response.write("0123456789", () => response.destroy());
      return true;
    };

    const result = await setup.download();

    expect(result.exitCode).toBe(0);
    expect((await stat(join(setup.out, LARGE))).size).toBe(2_000_000);
  });

  it.each([
    ["altered", "9".repeat(2_000_000), "its SHA-256 is not the announced one"],
    ["short", "0123456789", "it ended after 10 of 2000000 bytes"],
    ["long", "0".repeat(2_000_001), "it is longer than announced"],
  ])("fails and keeps no unproven file when content stays %s", async (_case, content, why) => {
    await using setup = await cliSetup();
    setup.api.onRead = (path, _count, response) => {
      if (path === LARGE) response.end(content);
      return path === LARGE;
    };

    const result = await setup.download();

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`${LARGE} could not be fetched: ${why}.`);
    expect(result.stderr).not.toContain("secret");
    expect(await readdir(join(setup.out, "data/contoso-churn"))).not.toContain("large.bin");
    expect(await readdir(setup.out)).not.toContain(".parts");
  });

  it("does not fetch again what is there and right, and replaces what is not", async () => {
    await using setup = await cliSetup();
    await setup.download();
    await writeFile(join(setup.out, CSV), "altered");
    setup.api.calls.length = 0;

    const result = await setup.download();

    const reads = setup.api.calls.filter(({ path }) => path.startsWith("/storage/"));
    expect(result.exitCode).toBe(0);
    expect(reads.map(({ path }) => decodeURIComponent(path))).toEqual([`/storage/${CSV}`]);
    expect(await readFile(join(setup.out, CSV), "utf8")).toBe("id,churn\n1,0\n");
  });

  it("writes nothing when the package names a path outside", async () => {
    await using setup = await cliSetup({ "data/../../evil": "evil" });

    const result = await setup.download();

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("The package names an unsafe path");
    await expect(stat(setup.out)).rejects.toThrow("ENOENT");
  });

  it("does not follow a symbolic link out of the target folder", async () => {
    await using setup = await cliSetup();
    const outside = join(setup.folder, "outside");
    await mkdir(outside);
    await mkdir(setup.out);
    await writeFile(join(setup.out, "bag-info.txt"), `External-Identifier: ${ID}\n`);
    await symlink(outside, join(setup.out, "data"));

    const result = await setup.download();

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("leads out of");
    expect(await readdir(outside)).not.toContain("large.bin");
  });

  it("fails when the files are as announced but do not match the bag's manifest", async () => {
    await using setup = await cliSetup({ [CSV]: "id,churn\n1,1\n" });

    const result = await setup.download();

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`${CSV} differs from its SHA-256`);
  });
});
