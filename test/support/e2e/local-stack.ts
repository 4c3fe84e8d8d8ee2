import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import type { Settings } from "../../../local/stack/settings.ts";
import type { Stack, StackLine } from "../../../local/stack/stack-types.ts";
import { startStack } from "../../../local/stack/start-stack.ts";
import {
  packageViewSchema,
  type RequestView,
  requestViewSchema,
} from "../../../shared/core/wire.ts";
import { assertAnswerDescribed } from "../doors/assert-described.ts";
import { trustAuthority } from "../trusted-certificate.ts";

const run = promisify(execFile);

/** The whole stack, with callers and a command line. */
export interface LocalStack extends AsyncDisposable {
  readonly stack: Stack;
  /** An empty folder that goes with the stack. */
  readonly folder: string;
  /** Where the stack keeps its data, within `folder`. */
  readonly dataDir: string;
  /** Every line that a process of the stack has printed. */
  readonly lines: readonly string[];
  /**
   * Calls the API as one of the seeded identities, `requester-tool` unless told otherwise. Throws for an answer that
   * the document of the API does not describe.
   */
  api(path: string, init?: RequestInit, clientId?: string): Promise<Response>;
  /** Submits an export of a workspace and returns the id of the request. */
  submit(workspace: string): Promise<string>;
  /** The request as the API shows it. */
  view(id: string): Promise<RequestView>;
  /** Waits for a state. */
  until(id: string, states: readonly string[]): Promise<RequestView>;
  /** Downloads and proves a package with the command line; returns its folder. */
  download(id: string): Promise<string>;
  /** The same as one file; returns it. */
  downloadZip(id: string): Promise<string>;
  /** A POST to the simulators' control endpoint. */
  control(path: string, body: unknown): Promise<void>;
}

/** Starts the stack on free ports; this process trusts its certificates from then on. */
export async function localStack(
  settings: Settings = {},
  largeBytes?: number,
): Promise<LocalStack> {
  const folder = await mkdtemp(join(tmpdir(), "studio-dsr-e2e-"));
  const dataDir = join(folder, "data");
  const lines: string[] = [];
  const onLine = ({ text }: StackLine) => void lines.push(text);
  const stack = await startStack({ dataDir, ports: "any", settings, largeBytes, onLine });
  await trustAuthority(stack.caFile);
  const api: LocalStack["api"] = async (path, init = {}, clientId = "requester-tool") => {
    const answer = await fetch(`${stack.urls.api}${path}`, {
      ...init,
      headers: withToken(init.headers, await tokenOf(stack, clientId)),
    });
    await assertAnswerDescribed(init.method ?? "GET", path, answer);
    return answer;
  };
  const view = async (id: string) =>
    requestViewSchema.parse(await (await api(`/api/privacy-requests/${id}`)).json());
  return {
    stack,
    folder,
    dataDir,
    lines,
    api,
    view,
    submit: async (workspace) => {
      const answer = await api(
        "/api/privacy-requests",
        jsonBody({ kind: "export", scope: { workspace } }),
      );
      expect(answer.status).toBe(202);
      return requestViewSchema.parse(await answer.json()).id;
    },
    until: async (id, states) => {
      await expect
        .poll(async () => (await view(id)).state, { timeout: 90_000, interval: 200 })
        .toBeOneOf([...states]);
      return view(id);
    },
    download: (id) => download(dataDir, id, join(folder, id)),
    downloadZip: (id) => download(dataDir, id, join(folder, `${id}.zip`), "--zip"),
    control: async (path, body) => {
      const answer = await fetch(`${stack.urls.control}/control/${path}`, jsonBody(body));
      expect(answer.status).toBeLessThan(300);
    },
    [Symbol.asyncDispose]: async () => {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function download(
  dataDir: string,
  id: string,
  out: string,
  ...flags: string[]
): Promise<string> {
  await run(process.execPath, ["dist/studio-dsr.js", "download", id, "--out", out, ...flags], {
    env: { PATH: process.env["PATH"], STUDIO_DSR_STACK: join(dataDir, "stack.json") },
  });
  return out;
}

/** A POST of JSON. */
export function jsonBody(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** The links of a package, by path. */
export async function linksOf({ api }: LocalStack, id: string): Promise<Map<string, string>> {
  const answer = await api(`/api/privacy-requests/${id}/package`);
  const { files } = packageViewSchema.parse(await answer.json());
  return new Map(files.map(({ path, url }) => [path, url]));
}

/** Checks a downloaded bag with coreutils: both manifests. */
export async function sha256sum(folder: string): Promise<void> {
  for (const manifest of ["manifest-sha256.txt", "tagmanifest-sha256.txt"]) {
    await run("sha256sum", ["--check", "--strict", "--quiet", manifest], { cwd: folder });
  }
}

function withToken(headers: RequestInit["headers"], token: string): Headers {
  const all = new Headers(headers);
  if (!all.has("authorization")) all.set("authorization", `Bearer ${token}`);
  return all;
}

async function tokenOf({ urls }: Stack, clientId: string): Promise<string> {
  const answer = await fetch(urls.token, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      scope: "api://studio-dsr/.default",
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return token;
}
