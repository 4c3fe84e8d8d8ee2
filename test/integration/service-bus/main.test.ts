import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMain, startMain } from "../../support/broker-process.ts";
import { controlOf } from "../../support/control-client.ts";
import { connect, peekBodies, startTestBroker } from "./broker-fixture.ts";

const CONFIG = ["--config", "local/service-bus/config.json"];

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "service-bus-"));
});

afterAll(() => rm(dataDir, { recursive: true }));

describe("the command", () => {
  it("prints its connection string and ends cleanly when asked, with a client connected", async () => {
    await using broker = await startMain({ dataDir });
    const client = connect(broker);
    await client.createSender("plans").sendMessages({ body: "kept" });

    const code = await broker.terminate();
    await client.close();
    await using again = await startMain({ dataDir });

    expect(broker.connectionString).toMatch(
      /^Endpoint=sb:\/\/127\.0\.0\.1:\d+;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;$/,
    );
    expect(code).toBe(0);
    expect(await peekBodies(again, "plans")).toEqual(["kept"]);
  });

  it("prints the address of its control endpoint as a second line when there is one", async () => {
    await using broker = await startMain({ dataDir, more: ["--control-port", "0"] });

    const entities = await controlOf(broker).get("/entities");

    expect(broker.controlUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(entities).toContainEqual(expect.objectContaining({ path: "plans" }));
  });

  it("says that its port is taken", async () => {
    await using broker = await startTestBroker();

    const { code, stdout, stderr } = await runMain([...CONFIG, "--port", String(broker.port)]);

    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(`port ${broker.port} is taken`);
  });

  it.each([
    [
      "a port that is no number",
      [...CONFIG, "--port", "many"],
      "expected a number from 0 to 65535",
    ],
    ["no configuration", [], "required option '--config <file>'"],
    ["a configuration that is not there", ["--config", "nowhere.json"], "nowhere.json"],
  ])("refuses %s", async (_, options, sentence) => {
    const { code, stderr } = await runMain(options);

    expect(code).toBe(1);
    expect(stderr).toContain(sentence);
  });

  it("explains its options", async () => {
    const { code, stdout } = await runMain(["--help"]);

    expect(code).toBe(0);
    expect(stdout).toContain("--data <folder>");
  });
});
