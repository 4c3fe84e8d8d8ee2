import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChildSpec } from "./child-process.ts";

type Options = {
  readonly dataDir: string;
  readonly port: number;
  /** More flags of the process, without their dashes. */
  readonly flags: Readonly<Record<string, string | number>> | undefined;
};

/** The AMQP broker that stands for Azure Service Bus; ready with its connection string. */
export function serviceBus(options: Options): ChildSpec<string> {
  return {
    name: "service-bus",
    script: fileURLToPath(new URL("../service-bus/main.ts", import.meta.url)),
    flags: {
      config: fileURLToPath(new URL("../service-bus/config.json", import.meta.url)),
      port: options.port,
      data: join(options.dataDir, "service-bus"),
      ...options.flags,
    },
    // As `npm run broker` does: what a busy broker takes for itself stays small.
    env: { NODE_OPTIONS: "--max-semi-space-size=4" },
    readiness: { by: "line", read: connectionString },
    readyWithinMs: 60_000,
    graceMs: 5_000,
  };
}

function connectionString(line: string): string | undefined {
  const prefix = "ConnectionString=";
  return line.startsWith(prefix) ? line.slice(prefix.length) : undefined;
}
