import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { setDefaultCACertificates } from "node:tls";
import { z } from "zod";
import type { Settings } from "../../local/stack/settings.ts";
import { startStack } from "../../local/stack/start-stack.ts";
import { type PackageView, packageViewSchema, requestViewSchema } from "../../shared/core/wire.ts";
import { FaultyHost } from "../../test/faults/kill/hosts.ts";
import { forgetPeak, type Usage, usageOf } from "../process-usage.ts";
import { type BlobAccount, blobAccount } from "./blob-account.ts";

/** The real stack on a temporary folder, with one workspace of generated data sets to export. */
export interface ExportStack extends AsyncDisposable {
  /** Submits an export of the generated workspace and returns the id of the request. */
  submit(): Promise<string>;
  /** Waits until the request has ended without exceptions, and returns what it took; throws when it ended otherwise. */
  untilEnded(id: string): Promise<{ readonly seconds: number }>;
  /** Waits until the package is there in one file too, and returns what it holds. */
  untilZipped(id: string): Promise<PackageView>;
  /** Ends the host as a fault would, and waits until the next one answers. */
  kill(): Promise<void>;
  /** Another host of the same app, which is not started yet; whoever starts it stops it. */
  anotherHost(): FaultyHost;
  /** What the host, which runs the workers, used so far. */
  usage(): Usage;
  /** Lets the host's peak memory begin again. */
  forgetPeak(): void;
  /** How many bytes of content the source has handed over. */
  sourceBytes(): Promise<number>;
  /** The digest of a data set at its source, taken without the app. */
  sourceDigest(sourceId: string): Promise<string>;
  /** The ids of the data sets. */
  sourceIds(): Promise<readonly string[]>;
  /** Lets every answer of the source begin so much later, whoever asks, as over a longer way. */
  delaySource(delayMs: number): Promise<void>;
  /** Where the data sets and their documents lie as an open folder, with a slash at the end. */
  readonly sourceFolder: string;
  /** Azurite's blobs, for whoever has the account's key. */
  readonly account: BlobAccount;
  /** The authority that source and Azurite are certified by (PEM). */
  readonly caFile: string;
}

/** What the generated workspace holds, sizes taken in turn, and which Azurite the export goes to. */
export type Generated = {
  readonly datasets: number;
  readonly bytes: readonly number[];
  readonly azurite?: AzuriteVersion;
};

/**
 * The newer version takes a checksum in JavaScript of every upload that comes without an MD5, whoever sends it; so
 * peers are compared on the older one.
 */
export const AZURITE_VERSIONS = ["3.35", "3.37"] as const;
export type AzuriteVersion = (typeof AZURITE_VERSIONS)[number];

/** The older one gains nothing by the MD5 of blocks, which is for the newer. */
const AZURITES = {
  "3.35": { azuritePackage: "azurite-3.35", settings: { BLOCK_MD5: "false" } },
  "3.37": { azuritePackage: "azurite", settings: {} },
} as const;

const POLL_MS = 250;
const KEY = "B1";

const workspacesSchema = z.array(z.object({ key: z.string(), id: z.string() }));
const callsSchema = z.array(z.object({ surface: z.string(), sentBytes: z.number() }));
const datasetsSchema = z.array(z.object({ id: z.string() }));
const digestSchema = z.object({ sha256: z.string() });

/** Starts it; its data goes when it is disposed of. */
export async function exportStack(
  { datasets, bytes, azurite = "3.37" }: Generated,
  settings: Settings = {},
): Promise<ExportStack> {
  const folder = await mkdtemp(join(tmpdir(), "studio-dsr-bench-"));
  const stack = await startStack({
    dataDir: folder,
    ports: "any",
    ...AZURITES[azurite],
    settings: { ...AZURITES[azurite].settings, ...settings },
    simulatorFlags: { bulk: datasets, "bulk-bytes": bytes.join(",") },
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
  const pid = () => stack.process("host").pid ?? Number.NaN;
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
        const { state, failure, submittedAt, finishedAt } = await view(id).catch(notYet);
        if (finishedAt !== null && state === "completed") {
          return { seconds: (Date.parse(finishedAt) - Date.parse(submittedAt)) / 1000 };
        }
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
    anotherHost: () => {
      const { settingsFile, caFile } = stack;
      return new FaultyHost("another", { dataDir: folder, settingsFile, caFile, onLine: () => {} });
    },
    usage: () => usageOf(pid()),
    forgetPeak: () => forgetPeak(pid()),
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
    sourceIds: async () =>
      (await control(`workspaces/${KEY}/datasets`, datasetsSchema)).map(({ id }) => id),
    delaySource: async (delayMs) => {
      const times = Number.MAX_SAFE_INTEGER;
      const faults = ["studio", "storage"].map((surface) => ({
        surface,
        pathPattern: "",
        times,
        action: { delayMs },
      }));
      const answer = await fetch(`${urls.control}/control/faults`, {
        method: "POST",
        body: JSON.stringify(faults),
      });
      if (!answer.ok) throw new Error(`The source could not be delayed: ${answer.status}`);
    },
    sourceFolder: `${urls.storage}/browse/${KEY}/`,
    account: blobAccount(urls.azuriteBlob),
    caFile: stack.caFile,
    [Symbol.asyncDispose]: async () => {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function notYet() {
  return { state: "", failure: null, submittedAt: "", finishedAt: null };
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
