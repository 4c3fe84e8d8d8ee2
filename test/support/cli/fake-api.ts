import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ensureCertificates } from "../../../local/stack/certificates.ts";
import type { RequestView } from "../../../shared/core/wire.ts";
import { sha256 } from "./sample-bag.ts";

/** What a test decides: the answers of the API, and what storage does with the n-th request of a path. */
export type FakeApi = {
  /** One answer for every call of a route, in order; the last one is repeated. */
  requests: { status: number; body?: unknown; text?: string; retryAfter?: string }[];
  files: Readonly<Record<string, string>>;
  /** The package in one file, null while it is being composed. */
  zip: Buffer | null;
  /** Called for every read of a file; true when it has answered. */
  onRead: (path: string, count: number, response: ServerResponse) => boolean;
  /** Every call: method, path and the headers and body that matter. */
  calls: {
    method: string;
    path: string;
    query: string;
    authorization: string;
    key: string;
    range: string;
    body: string;
  }[];
  /** Absolute path of the `stack.json` that names this server. */
  stackFile: string;
  url: string;
};

/**
 * A server on one HTTPS port of 127.0.0.1 that plays token issuer, API and storage. A link is good for
 * the package answer it came with (`?v=n`), so that a test can let links expire.
 */
export async function startFakeApi(
  folder: string,
  files: FakeApi["files"],
): Promise<FakeApi & AsyncDisposable> {
  const { caFile, certFile, keyFile } = await ensureCertificates(folder, new Date());
  const fake: FakeApi = {
    requests: [{ status: 200, body: requestView({}) }],
    files,
    zip: null,
    onRead: () => false,
    calls: [],
    stackFile: join(folder, "stack.json"),
    url: "",
  };
  const server = createServer(
    { cert: await readFile(certFile), key: await readFile(keyFile) },
    (request, response) => void handle(fake, request, response),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // A TCP server has an address with a port.
  fake.url = `https://127.0.0.1:${port}`;
  const stack = { pid: process.pid, api: fake.url, tokenEndpoint: `${fake.url}/token`, caFile };
  await writeFile(fake.stackFile, JSON.stringify({ ...stack, audience: "api://studio-dsr" }));
  return Object.assign(fake, {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** A request as the API shows it. */
export function requestView(changes: Partial<RequestView>): RequestView {
  return {
    id: "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
    kind: "export",
    state: "completed",
    stage: "done",
    retryOf: null,
    scope: { workspaces: ["b577bbf6c46640c822e2a6e3d255d437"] },
    source: "http",
    externalId: null,
    submittedAt: "2030-01-01T00:00:00.000Z",
    updatedAt: "2030-01-01T00:01:00.000Z",
    finishedAt: "2030-01-01T00:01:00.000Z",
    wakeAt: null,
    workspaces: [],
    deadline: {
      law: "gdpr",
      dueAt: "2026-02-16T23:59:59.999Z",
      isExtended: false,
      isPaused: false,
      awaitsIdentity: false,
    },
    identity: null,
    purgedAt: null,
    erasedAt: null,
    progress: { items: { done: 3, total: 3 }, bytes: { done: 2_000_015, total: 2_000_015 } },
    exceptions: 0,
    failure: null,
    receipt: null,
    package: null,
    deletion: null,
    ...changes,
  };
}

async function handle(fake: FakeApi, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? "/", fake.url);
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const { method = "", headers } = request;
  const { authorization = "", "idempotency-key": key = "", range = "" } = headers;
  fake.calls.push({
    method,
    path: url.pathname,
    query: url.search,
    authorization,
    key: String(key),
    range,
    body,
  });
  if (url.pathname === "/token") {
    return void response.end(JSON.stringify({ access_token: "local", expires_in: 3600 }));
  }
  if (url.pathname.startsWith("/storage/")) return read(fake, url, range, response);
  if (url.pathname.endsWith("/package")) {
    return void response.end(JSON.stringify(packageView(fake)));
  }
  const answer = fake.requests.length > 1 ? fake.requests.shift() : fake.requests[0];
  const retryAfter = answer?.retryAfter;
  response.writeHead(answer?.status ?? 500, retryAfter ? { "retry-after": retryAfter } : {});
  response.end(answer?.text ?? JSON.stringify(answer?.body));
}

function packageView(fake: FakeApi) {
  const version = fake.calls.filter(({ path }) => path.endsWith("/package")).length;
  const files = Object.entries(fake.files).map(([path, text]) => ({
    path,
    bytes: Buffer.byteLength(text),
    sha256: sha256(text),
    url: `${fake.url}/storage/${encodeURIComponent(path)}?v=${version}&sig=secret`,
  }));
  const zip =
    fake.zip === null
      ? null
      : { url: `${fake.url}/storage/package.zip?v=${version}&sig=secret`, bytes: fake.zip.length };
  return { files, zip, expiresAt: "2030-01-01T01:00:00.000Z" };
}

function read(fake: FakeApi, url: URL, range: string, response: ServerResponse): void {
  const path = decodeURIComponent(url.pathname.slice("/storage/".length));
  const count = fake.calls.filter((call) => call.path === url.pathname).length;
  if (fake.onRead(path, count, response)) return;
  const first = Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);
  const bytes = path === "package.zip" ? (fake.zip ?? "") : (fake.files[path] ?? "");
  response.writeHead(range === "" ? 200 : 206);
  response.end(Buffer.from(bytes).subarray(first));
}
