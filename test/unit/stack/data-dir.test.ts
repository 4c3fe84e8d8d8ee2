import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claimDataDir } from "../../../local/stack/data-dir.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const STACK = {
  pid: 4711,
  api: "http://127.0.0.1:7071",
  tokenEndpoint: "https://127.0.0.1:7105/t/oauth2/v2.0/token",
  audience: "api://studio-dsr",
  caFile: "/data/ca.pem",
};

describe("a data directory", () => {
  it("is refused to a second stack with a sentence that names the first", async () => {
    await using folder = await temporaryFolder();
    const claim = await claimDataDir(folder.path);
    await claim.publish(STACK);

    const second = claimDataDir(folder.path);

    await expect(second).rejects.toThrow(
      `${folder.path} is in use by a stack with process id 4711; stop it or choose another directory`,
    );
    await claim.release();
  });

  it("is free again after the release, which removes the file", async () => {
    await using folder = await temporaryFolder();
    const claim = await claimDataDir(folder.path);
    await claim.publish(STACK);

    await claim.release();
    await claim.release();
    const next = await claimDataDir(folder.path);

    await expect(stat(join(folder.path, "stack.json"))).rejects.toThrow("ENOENT");
    await next.release();
  });

  it("ignores a file that a crash left behind, though its process id is alive", async () => {
    await using folder = await temporaryFolder();
    const stale = { ...STACK, pid: process.pid };
    await writeFile(join(folder.path, "stack.json"), JSON.stringify(stale));

    const claim = await claimDataDir(folder.path);

    await expect(stat(join(folder.path, "stack.json"))).rejects.toThrow("ENOENT");
    await claim.release();
  });

  it("says where the stack is, to its owner only", async () => {
    await using folder = await temporaryFolder();
    const claim = await claimDataDir(folder.path);

    await claim.publish(STACK);

    const file = join(folder.path, "stack.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(STACK);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await claim.release();
  });
});
