import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { setDefaultCACertificates } from "node:tls";
import { z } from "zod";
import type { Settings } from "../../local/stack/settings.ts";
import { startStack } from "../../local/stack/start-stack.ts";
import { type PackageView, packageViewSchema, requestViewSchema } from "../../shared/core/wire.ts";
import { type Usage, usageOf } from "../process-usage.ts";

/** The real stack on a temporary folder, with one workspace of generated data sets to export. */
export interface ExportStack extends AsyncDisposable {
  /** Submits an export of the generated workspace and returns the id of the request. */
  submit(): Promise<string>;
  /** Waits until the request has ended without exceptions; throws when it ended otherwise. */
  untilEnded(id: string): Promise<void>;
  /** Waits until the package is there in one file too, and returns what it holds. */
  untilZipped(id: string): Promise<PackageView>;
  /** Ends the host as a fault would, and waits until the next one answers. */
  kill(): Promise<void>;
  /** What the host, which runs the workers, used so far. */
  usage(): Usage;
  /** How many bytes of content the source has handed over. */
  sourceBytes(): Promise<number>;
  /** The digest of a data set at its source, taken without the app. */
  sourceDigest(sourceId: string): Promise<string>;
}

/** What the generated workspace holds. */
export type Generated = { readonly datasets: number; readonly bytes: number };

const POLL_MS = 250;
const KEY = "B1";

const workspacesSchema = z.array(z.object({ key: z.string(), id: z.string() }));
const callsSchema = z.array(z.object({ surface: z.string(), sentBytes: z.number() }));
const digestSchema = z.object({ sha256: z.string() });

/** Starts it; its data goes when it is disposed of. */
export async function exportStack(
  { datasets, bytes }: Generated,
  settings: Settings = {},
): Promise<ExportStack> {
  const folder = await mkdtemp(join(tmpdir(), "studio-dsr-bench-"));
  const stack = await startStack({
    dataDir: folder,
    ports: "any",
    settings,
    simulatorFlags: { bulk: datasets, "bulk-bytes": bytes },
  });
  // Each stack has an authority of its own, all by one name: only the last may be trusted.
  setDefaultCACertificates([await readFile(stack.caFile, "utf8")]);
  const { urls } = stack;
  const control = async <T>(path: string, schema: z.ZodType<T>) => {
    const answer = await fetch(`${urls.control}/control/${path}`);
    return schema.parse(await answer.json());
  };
  const api = async (path: string, init: RequestInit = {}) => {
    const headers = {
      "content-type": "application/json",
      authorization: `Bearer ${await tokenOf(urls.token)}`,
    };
    const answer = await fetch(`${urls.api}/api/privacy-requests${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`The API answers ${answer.status}`);
    return answer.json();
  };
  const view = async (id: string) => requestViewSchema.parse(await api(`/${id}`));
  return {
    submit: async () => {
      const found = (await control("workspaces", workspacesSchema)).find(({ key }) => key === KEY);
      const body = { kind: "export", scope: { workspace: found?.id } };
      const request = await api("", { method: "POST", body: JSON.stringify(body) });
      return requestViewSchema.parse(request).id;
    },
    untilEnded: async (id) => {
      for (;;) {
        // The host may be starting again.
        const { state, failure, finishedAt } = await view(id).catch(notYet);
        if (finishedAt !== null && state === "completed") return;
        if (finishedAt !== null) throw new Error(`The export ended as ${state}: ${failure?.code}`);
        await delay(POLL_MS);
      }
    },
    untilZipped: async (id) => {
      for (;;) {
        const found = packageViewSchema.parse(await api(`/${id}/package`));
        if (found.zip !== null) return found;
        await delay(POLL_MS * 4);
      }
    },
    kill: async () => {
      await stack.kill("host", "SIGKILL");
      await stack.process("host").whenReady();
    },
    usage: () => usageOf(stack.process("host").pid ?? Number.NaN),
    sourceBytes: async () => {
      const calls = await control("calls", callsSchema);
      return calls
        .filter(({ surface }) => surface === "storage")
        .reduce((sum, { sentBytes }) => sum + sentBytes, 0);
    },
    sourceDigest: async (sourceId) => {
      const path = `workspaces/${KEY}/datasets/${encodeURIComponent(sourceId)}/sha256`;
      return (await control(path, digestSchema)).sha256;
    },
    [Symbol.asyncDispose]: async () => {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function notYet() {
  return { state: "", failure: null, finishedAt: null };
}

async function tokenOf(endpoint: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: "requester-tool",
    scope: "api://studio-dsr/.default",
  });
  const answer = await fetch(endpoint, { method: "POST", body });
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
}
