import { fileURLToPath } from "node:url";
import { z } from "zod";
import { SMALL_HEAP, startChild } from "../../local/stack/child-process.ts";
import { readyLine } from "../../local/stack/ready-line.ts";
import type { Stack } from "../../local/stack/stack-types.ts";
import { type Usage, usageOf } from "../process-usage.ts";

/** The bare server in a process of its own; `await using` ends it. */
export interface BareServer extends AsyncDisposable {
  readonly url: string;
  usage(): Usage;
}

const readySchema = z.object({ url: z.url() });

/** Starts it with the identity, the certificates and the flags of Node that the stack's host has. */
export async function startBareServer({ urls, settings, caFile }: Stack): Promise<BareServer> {
  const child = startChild(
    {
      name: "bare-server",
      script: fileURLToPath(new URL("bare-server.ts", import.meta.url)),
      flags: { table: urls.azuriteTable },
      nodeFlags: SMALL_HEAP,
      env: { ...settings, NODE_EXTRA_CA_CERTS: caFile },
      readiness: { by: "line", read: (line) => readyLine(line, readySchema) },
      readyWithinMs: 60_000,
      graceMs: 5_000,
    },
    () => {},
  );
  const { url } = await child.ready;
  return {
    url,
    usage: () => usageOf(child.pid ?? Number.NaN),
    [Symbol.asyncDispose]: () => child.end(),
  };
}
