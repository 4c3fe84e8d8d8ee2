import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHostJson } from "../../../local/functions-host/host-json.ts";
import {
  isDisabled,
  loadSettings,
  resolveSettings,
} from "../../../local/functions-host/settings.ts";
import { parseTimeSpan } from "../../../local/functions-host/time-span.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "functions-host-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

describe("loadSettings", () => {
  it("adds the file's values and lets the environment win", async () => {
    const file = await written(
      "local.settings.json",
      '{ "IsEncrypted": false, "Values": { "A": "file", "B": "file" } /* kept plain */ }',
    );
    const environment: NodeJS.ProcessEnv = { A: "environment" };

    await loadSettings(file, { required: true, environment });

    expect(environment).toEqual({ A: "environment", B: "file" });
  });

  it("gives the port the file asks for", async () => {
    const file = await written("port.json", '{ "Host": { "LocalHttpPort": 7072, "CORS": "*" } }');

    const { port } = await loadSettings(file, { required: true, environment: {} });

    expect(port).toBe(7072);
  });

  it("does without a file nobody asked for", async () => {
    const environment: NodeJS.ProcessEnv = {};

    const absent = await loadSettings(join(folder, "absent.json"), {
      required: false,
      environment,
    });

    expect(absent.port).toBeUndefined();
    expect(environment).toEqual({});
  });

  it.each([
    ["absent.json", undefined, "cannot be read (ENOENT)"],
    ["encrypted.json", '{ "IsEncrypted": true }', "encrypted settings are not supported"],
    ["broken.json", "{", "is not JSON"],
  ])("says what is wrong with %s", async (name, text, message) => {
    const file = text === undefined ? join(folder, name) : await written(name, text);

    const load = loadSettings(file, { required: true, environment: {} });

    await expect(load).rejects.toThrow(message);
  });
});

describe("resolveSettings", () => {
  it("replaces every %NAME%", () => {
    const text = resolveSettings("%A%-%B%", { A: "1", B: "2" }, "a test");

    expect(text).toBe("1-2");
  });
});

describe("isDisabled", () => {
  it.each([
    ["true", true],
    ["True", true],
    ["1", true],
    ["false", false],
    [undefined, false],
  ])("reads %s as %s", (value, expected) => {
    const disabled = isDisabled("seal-package", { "AzureWebJobs.seal-package.Disabled": value });

    expect(disabled).toBe(expected);
  });
});

describe("readHostJson", () => {
  it("takes the real host's defaults", async () => {
    await written("host.json", '{ "version": "2.0" }');

    const config = await readHostJson(folder, {});

    expect(config).toMatchObject({
      routePrefix: "api",
      functionTimeoutMs: 1_800_000,
      maxAutoLockRenewalMs: 300_000,
      prefetchCount: 0,
      batch: { maxMessages: 1000, minMessages: 1, maxWaitMs: 30_000 },
      logLevels: {},
    });
  });

  it("reads what the host uses and leaves the rest alone", async () => {
    await written(
      "host.json",
      `{
        // Comments are allowed, as on Azure.
        "version": "2.0",
        "functionTimeout": "00:10:00",
        "telemetryMode": "OpenTelemetry",
        "logging": { "logLevel": { "default": "Warning" } },
        "extensions": {
          "http": { "routePrefix": "/v1/" },
          "serviceBus": {
            "maxConcurrentCalls": 4, "maxAutoLockRenewalDuration": "00:12:00", "prefetchCount": 8,
            "maxMessageBatchSize": 20, "minMessageBatchSize": 5, "maxBatchWaitTime": "00:00:01"
          }
        }
      }`,
    );

    const config = await readHostJson(folder, {});

    expect(config).toEqual({
      routePrefix: "v1",
      functionTimeoutMs: 600_000,
      isOpenTelemetry: true,
      maxConcurrentCalls: 4,
      maxAutoLockRenewalMs: 720_000,
      prefetchCount: 8,
      batch: { maxMessages: 20, minMessages: 5, maxWaitMs: 1000 },
      logLevels: { default: "warning" },
    });
  });

  it("lets settings replace and add values, names without regard to case", async () => {
    await written(
      "host.json",
      '{ "version": "2.0", "extensions": { "serviceBus": { "maxConcurrentCalls": 4, "prefetchCount": 8 } } }',
    );

    const config = await readHostJson(folder, {
      AzureFunctionsJobHost__extensions__serviceBus__MaxConcurrentCalls: "1",
      AzureFunctionsJobHost__extensions__http__routePrefix: "v2",
      AzureFunctionsJobHostElse: "7",
    });

    expect(config).toMatchObject({ maxConcurrentCalls: 1, prefetchCount: 8, routePrefix: "v2" });
  });

  it("knows a function without a time limit", async () => {
    await written("host.json", '{ "version": "2.0", "functionTimeout": "-1" }');

    const config = await readHostJson(folder, {});

    expect(config.functionTimeoutMs).toBeUndefined();
  });

  it("names the value it can't use", async () => {
    await written("host.json", '{ "version": "2.0", "functionTimeout": "ten minutes" }');

    const reading = readHostJson(folder, {});

    await expect(reading).rejects.toThrow("functionTimeout");
  });
});

describe("parseTimeSpan", () => {
  it.each([
    ["00:00:30", 30_000],
    ["01:02:03.5", 3_723_500],
    ["2.00:00:00", 172_800_000],
    ["24:00:00", undefined],
    ["00:60:00", undefined],
    ["0 0 3 * * *", undefined],
  ])("reads %s as %s ms", (text, expected) => {
    const ms = parseTimeSpan(text);

    expect(ms).toBe(expected);
  });
});
