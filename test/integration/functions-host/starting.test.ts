import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it, vi } from "vitest";
import { startHost, temporaryApp } from "../../support/fixture-app/start-host.ts";

const oneFunction = `
  import { app } from "@azure/functions";
  app.get("hello", { handler: () => ({ body: "hello" }) });
`;

describe("starting", () => {
  it("prints the functions, then exactly one READY line", async () => {
    await using host = startHost();

    const url = await host.ready();

    const lines = host.stdout().trimEnd().split("\n");
    expect(lines[0]).toBe("Functions:");
    expect(lines).toContainEqual(`  echo          http   [POST,PUT] ${url}/api/echo/{name}`);
    expect(lines).toContainEqual("  tick          timer  0 0 3 1 1 *");
    expect(lines.filter((line) => line.startsWith("READY "))).toEqual([`READY {"url":"${url}"}`]);
    expect(lines.at(-1)).toBe(`READY {"url":"${url}"}`);
  });

  it.each([
    ["ESM", "main.js", oneFunction],
    [
      "CommonJS",
      "main.cjs",
      `require("@azure/functions").app.get("hello", { handler: () => ({ body: "hello" }) });`,
    ],
  ])("loads an app written as %s", async (_format, main, source) => {
    await using app = await temporaryApp({
      [main]: source,
      "package.json": JSON.stringify({ type: "module", main }),
    });
    await using host = startHost({ root: app.path });

    const response = await fetch(`${await host.ready()}/api/hello`);

    expect(await response.text()).toBe("hello");
  });

  it("loads a bundle that holds @azure/functions itself", async () => {
    await using app = await temporaryApp({ "source.js": oneFunction });
    await build({
      entryPoints: [join(app.path, "source.js")],
      outfile: join(app.path, "main.js"),
      bundle: true,
      format: "esm",
      platform: "node",
      external: ["@azure/functions-core"],
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
    await using host = startHost({ root: app.path });

    const response = await fetch(`${await host.ready()}/api/hello`);

    expect(await response.text()).toBe("hello");
  });

  it("loads every entry point of a glob", async () => {
    await using app = await temporaryApp({
      "package.json": JSON.stringify({ type: "module", main: "entry-*.js" }),
      "entry-1.js": oneFunction,
      "entry-2.js": oneFunction.replaceAll("hello", "other"),
    });
    await using host = startHost({ root: app.path });

    const url = await host.ready();

    const answers = await Promise.all(
      ["hello", "other"].map(async (name) => (await fetch(`${url}/api/${name}`)).text()),
    );
    expect(answers).toEqual(["hello", "other"]);
  });

  it("gives the app its settings before it is loaded, the environment first", async () => {
    await using app = await temporaryApp({
      "main.js": `${oneFunction} console.log("A=" + process.env.A + " B=" + process.env.B);`,
      "local.settings.json": '{ "Values": { "A": "file", "B": "file" } }',
    });
    await using host = startHost({ root: app.path, settings: { A: "environment" } });

    await host.ready();

    expect(host.stderr()).toContain("A=environment B=file");
  });
});

describe("an app that can't run", () => {
  it.each([
    [
      "an entry point that throws",
      { "main.js": 'throw new Error("no database");' },
      "failed to load: Error: no database",
    ],
    ["an app without functions", { "main.js": "" }, "registered no function"],
    [
      "an app that is not built",
      { "package.json": '{ "main": "dist/main.js" }' },
      "has the app been built?",
    ],
    [
      "an unsupported trigger",
      {
        "main.js":
          'import { app } from "@azure/functions"; app.storageQueue("q", { queueName: "q", connection: "c", handler: () => {} });',
      },
      "The function q cannot run on this host",
    ],
    [
      "a missing connection",
      {
        "main.js":
          'import { app } from "@azure/functions"; app.serviceBusQueue("q", { queueName: "q", connection: "Bus", handler: () => {} });',
      },
      "A Service Bus connection is missing: set Bus or Bus__fullyQualifiedNamespace.",
    ],
    [
      "a broken schedule",
      {
        "main.js":
          'import { app } from "@azure/functions"; app.timer("t", { schedule: "daily", handler: () => {} });',
      },
      '"daily" is neither an NCRONTAB expression nor a TimeSpan',
    ],
    [
      "a broken host.json",
      { "main.js": oneFunction, "host.json": "{}" },
      "host.json has values this host cannot use: version",
    ],
  ])(
    "ends with 1 and a sentence for %s",
    async (_what, files: Record<string, string>, sentence) => {
      await using app = await temporaryApp(files);
      await using host = startHost({ root: app.path });

      const code = await host.exitCode;

      expect(code).toBe(1);
      expect(host.stderr()).toContain(sentence);
      expect(host.stdout()).not.toContain("READY");
    },
  );

  it.each([
    [["--port", "http"], "--port http is no port"],
    [["--settings", "absent.json"], "absent.json cannot be read (ENOENT)"],
    [["--sideways"], "Unknown option '--sideways'"],
  ])("ends with 1 and a sentence for %s", async (args, sentence) => {
    await using host = startHost({ args });

    const code = await host.exitCode;

    expect(code).toBe(1);
    expect(host.stderr()).toContain(sentence);
  });

  it("says that its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await vi.waitUntil(() => other.listening);
    const { port } = other.address() as AddressInfo;
    await using host = startHost({ args: ["--port", String(port)] });

    const code = await host.exitCode;
    other.close();

    expect(code).toBe(1);
    expect(host.stderr()).toContain(`Port ${port} is taken: choose another one with --port.`);
  });
});
