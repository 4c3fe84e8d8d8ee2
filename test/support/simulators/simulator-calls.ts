import { credentialOf, workspaceIdOf } from "../../../local/simulators/seed/derived-ids.ts";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import { IDENTITY_HEADER } from "./test-simulators.ts";

/** The path of a seeded experiment of contoso-churn (S1), below its workspace. */
export const TRAINING =
  "/experiments/b577bbf6c46640c822e2a6e3d255d437.f-id.22070af37c805222cafc51d35b75f5b7";

/** A Studio API call on a seeded workspace, below `/api/workspaces/{id}`, with its primary token. */
export function callStudio(
  { addresses }: Simulators,
  workspaceKey: string,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("x-ms-metaanalytics-authorizationtoken")) {
    headers.set("x-ms-metaanalytics-authorizationtoken", credentialOf(`token1:${workspaceKey}`));
  }
  const base = `${addresses.studio}/api/workspaces/${workspaceIdOf(workspaceKey)}`;
  return fetch(base + path, { ...init, headers });
}

/** An object of a Studio or Azure answer. */
export type Answer = Record<string, unknown>;

/** The body of an answer. Its shape is the test's claim: what the test reads, it asserts. */
export async function jsonOf<Shape>(response: Response): Promise<Shape> {
  return (await response.json()) as Shape; // see above
}

/** A Studio answer that is an array of objects. */
export async function listStudio(
  simulators: Simulators,
  workspaceKey: string,
  path: string,
): Promise<Answer[]> {
  const response = await callStudio(simulators, workspaceKey, path);
  return jsonOf<Answer[]>(response);
}

/** A property of each object, its name unless told otherwise. */
export function valuesOf(items: readonly Answer[], property = "Name"): unknown[] {
  return items.map((item) => item[property]);
}

/** The download address of a data set, by its name. */
export async function linkOf(
  simulators: Simulators,
  workspaceKey: string,
  datasetName: string,
): Promise<string> {
  const datasets = await listStudio(simulators, workspaceKey, "/datasources");
  const dataset = datasets.find(({ Name }) => Name === datasetName);
  return urlOf(dataset?.["DownloadLocation"] as Answer);
}

/** The address that an endpoint object means: its three texts put together. */
export function urlOf(endpoint: Answer): string {
  return ["BaseUri", "Location", "AccessCredential"].map((part) => endpoint[part]).join("");
}

/** A token of the app's managed identity for a resource. */
export async function resourceToken({ addresses }: Simulators, resource: string): Promise<string> {
  const response = await fetch(
    `${addresses.identity}?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`,
    { headers: { "X-IDENTITY-HEADER": IDENTITY_HEADER } },
  );
  return (await jsonOf<{ access_token: string }>(response)).access_token;
}

/** A Resource Manager call with the managed identity's token; `api-version` is added. */
export async function callArm(
  simulators: Simulators,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const token = await resourceToken(simulators, "https://management.azure.com/");
  const url = new URL(simulators.addresses.arm + path);
  if (!url.searchParams.has("api-version")) url.searchParams.set("api-version", "2019-10-01");
  return fetch(url, { ...init, headers: { Authorization: `Bearer ${token}` } });
}

/** A call of the tests' own door. */
export function callControl(
  { addresses }: Simulators,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  return fetch(`${addresses.control}/control/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
