import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stackLog } from "../../../local/stack/stack-log.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

describe("the log of a stack", () => {
  it("replaces the one before with its first line, and is whole when it is ended", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "stack.log");
    await writeFile(file, "of the stack before");

    const log = stackLog(file);
    const before = await readFile(file, "utf8");
    log.write({ source: "host", text: "one" });
    log.write({ source: "stack", text: "two" });
    await log.end();

    const text = await readFile(file, "utf8");
    expect(before).toBe("of the stack before");
    expect(text).toMatch(/^[-\d:.TZ]+ \[host\] one\n[-\d:.TZ]+ \[stack\] two\n$/);
  });

  it("is for its owner only", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "stack.log");

    const log = stackLog(file);
    log.write({ source: "stack", text: "one" });
    await log.end();

    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("can be ended without a line, and leaves no file then", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "stack.log");

    await stackLog(file).end();

    await expect(stat(file)).rejects.toThrow("ENOENT");
  });
});
