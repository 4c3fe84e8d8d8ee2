import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type ChildSpec, SMALL_HEAP } from "./child-process.ts";
import { readyLine } from "./ready-line.ts";

const readySchema = z.object({ url: z.url() });

type Options = {
  readonly dataDir: string;
  readonly port: number;
  readonly settingsFile: string;
  /** The local authority: the app calls Azurite and the simulators over HTTPS. */
  readonly caFile: string;
};

/** The process that runs the built app: its functions behind HTTP, queues and timers. */
export function functionsHost(options: Options): ChildSpec<{ url: string }> {
  return {
    name: "host",
    script: fileURLToPath(new URL("../functions-host/main.ts", import.meta.url)),
    flags: {
      root: ".",
      port: options.port,
      data: join(options.dataDir, "functions-host"),
      settings: options.settingsFile,
      // The stack does that itself.
      "no-restart": true,
    },
    // By default V8 lets the garbage of a long export lie until the heap has doubled.
    nodeFlags: [...SMALL_HEAP, "--heap-growing-percent=70"],
    env: { NODE_EXTRA_CA_CERTS: options.caFile },
    readiness: { by: "line", read: (line) => readyLine(line, readySchema) },
    readyWithinMs: 60_000,
    // The host lets running functions finish for up to 10 s.
    graceMs: 12_000,
  };
}
