import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { connect } from "../../../cli/connection.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const NO_STACK = "/nowhere/stack.json";
const { signal } = new AbortController();

describe("a connection", () => {
  it("prefers --api to the environment, and uses the token given there", async () => {
    const connection = await connect("https://one.example/", {
      STUDIO_DSR_API: "https://other.example",
      STUDIO_DSR_TOKEN: "given",
      STUDIO_DSR_STACK: NO_STACK,
    });

    expect(connection.api).toBe("https://one.example");
    expect(await connection.token(signal)).toBe("given");
  });

  it("goes to the usual local address when nothing is said", async () => {
    const env = { STUDIO_DSR_TOKEN: "given", STUDIO_DSR_STACK: NO_STACK };

    const connection = await connect(undefined, env);

    expect(connection.api).toBe("http://127.0.0.1:7071");
    expect(connection.packagesFolder).toBe(".");
  });

  it("ignores a stack whose process has ended", async () => {
    await using folder = await temporaryFolder();
    // Process ids end far below this on every system.
    const stackFile = await writeStack(folder.path, { pid: 2 ** 30 });

    const connection = connect(undefined, { STUDIO_DSR_STACK: stackFile });

    await expect(connection).rejects.toThrow("no access token for http://127.0.0.1:7071");
  });

  it("finds the stack of a folder above the current one", async () => {
    await using folder = await temporaryFolder();
    const stackFolder = join(folder.path, ".local");
    await mkdir(join(folder.path, "a/b"), { recursive: true });
    await mkdir(stackFolder);
    await writeStack(stackFolder, { pid: process.pid });
    await writeFile(join(stackFolder, "ca.pem"), "");

    const connection = await connect(undefined, {}, join(folder.path, "a/b"));

    expect(connection.api).toBe("http://127.0.0.1:7099");
    expect(connection.packagesFolder).toBe(join(stackFolder, "exports"));
  });

  it("tells what was looked for, and what to do, when no stack is found", async () => {
    await using folder = await temporaryFolder();

    const connection = connect(undefined, {}, folder.path);

    await expect(connection).rejects.toThrow(
      "There is no access token for http://127.0.0.1:7071, and no local stack is running " +
        `(looked for .local/stack.json in ${folder.path} and the folders above it). ` +
        'Set STUDIO_DSR_TOKEN, or start the stack with "npm run stack" in the project\'s folder.',
    );
  });

  it("asks the local issuer for the local stack only", async () => {
    await using folder = await temporaryFolder();
    const stackFile = await writeStack(folder.path, { pid: process.pid });

    const connection = connect("https://dsr.example", { STUDIO_DSR_STACK: stackFile });

    await expect(connection).rejects.toMatchObject({
      message: expect.stringContaining("no access token for https://dsr.example"),
      exitCode: 2,
    });
  });

  it.each([
    ["http://dsr.example", "must be https"],
    ["http://127.0.0.1.example", "must be https"],
    ["dsr", "must be a plain URL"],
    ["ftp://dsr.example", "must be a plain URL"],
    ["https://user@dsr.example", "must be a plain URL"],
  ])("is a usage error with the address %s", async (api, message) => {
    const connection = connect(api, { STUDIO_DSR_TOKEN: "given", STUDIO_DSR_STACK: NO_STACK });

    await expect(connection).rejects.toMatchObject({
      message: expect.stringContaining(message),
      exitCode: 2,
    });
  });

  it("is a usage error when stack.json is damaged", async () => {
    await using folder = await temporaryFolder();
    const stackFile = join(folder.path, "stack.json");
    await writeFile(stackFile, "{");

    const connection = connect(undefined, { STUDIO_DSR_STACK: stackFile });

    await expect(connection).rejects.toMatchObject({ exitCode: 2 });
  });
});

async function writeStack(folder: string, { pid }: { pid: number }): Promise<string> {
  const stack = {
    pid,
    api: "http://127.0.0.1:7099",
    tokenEndpoint: "https://127.0.0.1:7098/token",
    audience: "api://studio-dsr",
    caFile: join(folder, "ca.pem"),
  };
  const file = join(folder, "stack.json");
  await writeFile(file, JSON.stringify(stack));
  return file;
}
