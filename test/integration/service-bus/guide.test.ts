import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { parseConfig } from "../../../local/service-bus/config.ts";
import { startTestBroker } from "./broker-fixture.ts";

const GUIDE = "docs/local-service-bus.md";
const run = promisify(execFile);

it("is shown in the guide by an example that works as it stands", async () => {
  const guide = await readFile(GUIDE, "utf8");
  const block = (language: string) =>
    new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(guide)?.[1] ?? "";
  const config = parseConfig(JSON.parse(block("json")));
  await using broker = await startTestBroker({ config });

  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", block("js")], {
    env: { ...process.env, SERVICE_BUS: broker.connectionString },
  });

  expect(stdout).toBe("tea 1\ncoffee 2\n");
});
