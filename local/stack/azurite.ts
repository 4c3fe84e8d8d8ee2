import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { connect } from "node:tls";
import type { CertificateFiles } from "./certificates.ts";
import { type ChildSpec, SMALL_HEAP } from "./child-process.ts";
import type { Ports } from "./ports.ts";

/** Azurite's only account: https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key */
const ACCOUNT = "devstoreaccount1";

/** `https://127.0.0.1:<port>/devstoreaccount1`. */
export type AzuriteUrls = {
  readonly blob: string;
  readonly queue: string;
  readonly table: string;
};

type Options = {
  readonly dataDir: string;
  readonly ports: Ports;
  readonly certificates: CertificateFiles;
  /** The package it is run from, where several versions are installed. */
  readonly npmPackage?: string | undefined;
};

/**
 * Azurite with HTTPS and Entra tokens, which is how the app talks to Azure Storage.
 *
 * `--skipApiVersionCheck` because the newest storage SDK names a newer API version than Azurite
 * knows; `--disableTelemetry` because it would call out of this machine. Its metadata reaches the
 * disk every five seconds and when it ends in order: a SIGKILL loses what came after.
 */
export function azurite(options: Options): ChildSpec<AzuriteUrls> {
  const { ports, certificates, npmPackage = "azurite" } = options;
  return {
    name: "azurite",
    script: join(
      createRequire(import.meta.url).resolve(`${npmPackage}/package.json`),
      "../dist/src/azurite.js",
    ),
    flags: {
      location: join(options.dataDir, "azurite"),
      blobHost: "127.0.0.1",
      blobPort: ports.azuriteBlob,
      queueHost: "127.0.0.1",
      queuePort: ports.azuriteQueue,
      tableHost: "127.0.0.1",
      tablePort: ports.azuriteTable,
      oauth: "basic",
      cert: certificates.certFile,
      key: certificates.keyFile,
      skipApiVersionCheck: true,
      disableTelemetry: true,
      silent: true,
    },
    nodeFlags: SMALL_HEAP,
    readiness: { by: "probe", probe: () => probe(ports, certificates.caFile) },
    readyWithinMs: 60_000,
    graceMs: 10_000,
  };
}

async function probe(ports: Ports, caFile: string): Promise<AzuriteUrls | undefined> {
  const ca = await readFile(caFile);
  const answers = await Promise.all(
    [ports.azuriteBlob, ports.azuriteTable].map((port) => answersTls(port, ca)),
  );
  if (!answers.every(Boolean)) return undefined;
  const url = (port: number) => `https://127.0.0.1:${port}/${ACCOUNT}`;
  return {
    blob: url(ports.azuriteBlob),
    queue: url(ports.azuriteQueue),
    table: url(ports.azuriteTable),
  };
}

/** True when a server on the port shows a certificate of our authority. */
function answersTls(port: number, ca: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, ca, timeout: 2_000 });
    const answer = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once("secureConnect", () => answer(true));
    socket.once("error", () => answer(false));
    socket.once("timeout", () => answer(false));
  });
}
