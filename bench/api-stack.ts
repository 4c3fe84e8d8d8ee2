import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setDefaultCACertificates } from "node:tls";
import { z } from "zod";
import type { Settings } from "../local/stack/settings.ts";
import type { Stack } from "../local/stack/stack-types.ts";
import { startStack } from "../local/stack/start-stack.ts";
import { type Usage, usageOf } from "./process-usage.ts";

/** The real stack on a temporary folder, and callers of its API. */
export interface ApiStack extends AsyncDisposable {
  readonly stack: Stack;
  /** The `Authorization` header of one of the local identities. */
  authorization(clientId: string): Promise<string>;
  /** What the host used so far. */
  usage(): Usage;
}

const answerSchema = z.object({ access_token: z.string() });

/** Starts it; its data goes when it is disposed of. This process trusts its certificates from then on. */
export async function apiStack(settings: Settings): Promise<ApiStack> {
  const folder = await mkdtemp(join(tmpdir(), "studio-dsr-bench-"));
  const stack = await startStack({ dataDir: folder, ports: "any", settings });
  setDefaultCACertificates([await readFile(stack.caFile, "utf8")]);
  return {
    stack,
    authorization: async (clientId) => {
      const body = new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        scope: "api://studio-dsr/.default",
      });
      const answer = await fetch(stack.urls.token, { method: "POST", body });
      return `Bearer ${answerSchema.parse(await answer.json()).access_token}`;
    },
    usage: () => usageOf(stack.process("host").pid ?? Number.NaN),
    [Symbol.asyncDispose]: async () => {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
