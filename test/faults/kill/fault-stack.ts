import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import type { Stack } from "../../../local/stack/stack-types.ts";
import { startStack } from "../../../local/stack/start-stack.ts";
import { controlOf } from "../../support/control-client.ts";
import { trustAuthority } from "../../support/trusted-certificate.ts";
import { FaultyHost } from "./hosts.ts";
import { brokerConfig, SHORT_TIMES, SWITCHES, TOKEN_SECONDS } from "./settings.ts";

/** The whole stack with two hosts, and the doors by which a run makes trouble. */
export interface FaultStack extends AsyncDisposable {
  readonly urls: Stack["urls"];
  readonly settings: Stack["settings"];
  readonly hosts: readonly FaultyHost[];
  /** The broker's control endpoint. */
  readonly broker: ReturnType<typeof controlOf>;
  readonly simulators: SimulatorControl;
  /** The last lines that the processes printed. */
  readonly lines: readonly string[];
}

/** The simulators' control endpoint; paths below `/control/`. */
export type SimulatorControl = {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  send(method: "POST" | "DELETE", path: string, body?: unknown): Promise<void>;
};

const KEPT_LINES = 2_000;
const HOSTS = ["host-1", "host-2"];

/** Starts it on free ports and a temporary folder, with so many small workspaces. */
export async function faultStack(workspaces: number): Promise<FaultStack> {
  const folder = await mkdtemp(join(tmpdir(), "studio-dsr-kills-"));
  // Even a run that is ended at once leaves nothing behind.
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeAtExit);
  const lines: string[] = [];
  const control = Promise.withResolvers<string>();
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.splice(0, KEPT_LINES / 2);
  };
  const stack = await startStack({
    dataDir: join(folder, "data"),
    ports: "any",
    host: false,
    settings: SHORT_TIMES,
    simulatorFlags: {
      small: workspaces,
      "token-seconds": TOKEN_SECONDS,
      switches: JSON.stringify(SWITCHES),
    },
    brokerFlags: { config: await brokerConfig(folder), "control-port": 0 },
    onLine: ({ source, text }) => {
      keep(`${source}: ${text}`);
      if (source === "service-bus" && text.startsWith("Control=")) {
        control.resolve(text.slice("Control=".length));
      }
    },
  });
  await trustAuthority(stack.caFile);
  const { settingsFile, caFile, urls, settings } = stack;
  const hosts = HOSTS.map((name) => {
    const onLine = (line: string) => keep(`${name}: ${line}`);
    return new FaultyHost(name, { dataDir: join(folder, "data"), settingsFile, caFile, onLine });
  });
  const dispose = async () => {
    await Promise.all(hosts.map((host) => host.stop()));
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
    process.off("exit", removeAtExit);
  };
  try {
    await Promise.all(hosts.map((host) => host.start()));
    const broker = controlOf({ controlUrl: await control.promise });
    const simulators = simulatorControl(urls.control);
    return { urls, settings, hosts, broker, simulators, lines, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function simulatorControl(origin: string): SimulatorControl {
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${origin}/control/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`The simulators answer ${answer.status} to ${method} ${path}`);
    return answer;
  };
  return {
    get: async (path, schema) => schema.parse(await (await call("GET", path)).json()),
    send: async (method, path, body) => void (await (await call(method, path, body)).text()),
  };
}
