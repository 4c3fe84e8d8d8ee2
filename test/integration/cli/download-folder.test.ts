import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cliSetup, REQUEST_ID as ID } from "../../support/cli/cli-setup.ts";
import { runCli } from "../../support/cli/run-cli.ts";

const LARGE = "data/contoso-churn/large.bin";

describe("the folder of a download", () => {
  it("is beside the data of the local stack when none is named", async () => {
    await using setup = await cliSetup();

    const result = await runCli(
      ["download", ID],
      { STUDIO_DSR_STACK: setup.api.stackFile },
      { cwd: setup.folder },
    );

    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.stdout).toMatch(`exports/${ID}: 7 files, 2.0 MB;`);
    expect(await readdir(join(setup.folder, "exports", ID))).toContain("bag-info.txt");
    expect(await readdir(setup.folder)).not.toContain(ID);
  });

  it("is in the current folder for another API than the local stack's", async () => {
    await using setup = await cliSetup();
    const env = {
      STUDIO_DSR_STACK: join(setup.folder, "none.json"),
      STUDIO_DSR_API: setup.api.url,
      STUDIO_DSR_TOKEN: "given",
      NODE_EXTRA_CA_CERTS: join(setup.folder, "ca.pem"),
    };

    const result = await runCli(["download", ID], env, { cwd: setup.folder });

    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.stdout).toMatch(new RegExp(`^${ID}: 7 files, 2.0 MB;`));
    expect(await readdir(join(setup.folder, ID))).toContain("bag-info.txt");
  });

  it.each([
    ["other files", "notes.txt", "mine", "out: it holds other files."],
    [
      "another request's package",
      "bag-info.txt",
      `External-Identifier: ${"1".repeat(32)}\n`,
      `out: it holds the package of request ${"1".repeat(32)}.`,
    ],
  ])("is refused with %s in it, before any call", async (_case, name, text, why) => {
    await using setup = await cliSetup();
    await mkdir(setup.out);
    await writeFile(join(setup.out, name), text);

    const result = await setup.download();

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(why);
    expect(setup.api.calls).toEqual([]);
    expect(await readFile(join(setup.out, name), "utf8")).toBe(text);
  });

  it("is refused when it is a file", async () => {
    await using setup = await cliSetup();
    await writeFile(setup.out, "mine");

    const result = await setup.download();

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(
      "out: it is not a folder. Name a new or empty folder with --out.",
    );
  });

  it("keeps its mode when it is there and empty", async () => {
    await using setup = await cliSetup();
    await mkdir(setup.out);
    await chmod(setup.out, 0o755);

    const result = await setup.download();

    expect(result.exitCode).toBe(0);
    expect((await stat(setup.out)).mode & 0o777).toBe(0o755);
  });

  it("can be taken up again after an interruption, which keeps what is proven", async () => {
    await using setup = await cliSetup();
    let interrupt = () => {};
    setup.api.onRead = (path) => {
      if (path === LARGE) interrupt();
      return path === LARGE;
    };
    const onStart = (given: () => void) => {
      interrupt = given;
    };
    const args = ["download", ID, "--out", setup.out];

    const first = await runCli(args, { STUDIO_DSR_STACK: setup.api.stackFile }, { onStart });
    const kept = await readdir(setup.out);
    setup.api.onRead = () => false;
    const second = await setup.download();

    const reads = setup.api.calls.filter(({ path }) => path.endsWith("bag-info.txt"));
    expect(first.exitCode).toBe(130);
    expect(first.stderr).toContain("Interrupted. What is proven is kept; run it again to go on.");
    expect(kept).toContain("bag-info.txt");
    expect(second.exitCode).toBe(0);
    expect(reads).toHaveLength(1);
  });
});
