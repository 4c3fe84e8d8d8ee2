import { z } from "zod";
import { AppError, type ErrorCode } from "../../errors.ts";
import { failureOf } from "../failure.ts";
import type { Transport } from "../http.ts";
import { parseJson, parseShape } from "../json.ts";
import {
  type Dataset,
  type DownloadLocation,
  datasetSchema,
  type ExperimentSummary,
  experimentSummarySchema,
  listOf,
  type WorkspaceSettings,
  workspaceSettingsSchema,
} from "./shapes.ts";

/** A workspace's API and the workspace token that opens it. */
export type Access = {
  readonly workspaceId: string;
  readonly studioUrl: string;
  readonly key: string;
};

/** A document as received, and what was read of it. The text holds credentials. */
export type Document<T> = { readonly text: string; readonly value: T };

/**
 * The calls to the Studio (classic) API that a client of it made in public
 * (https://github.com/hning86/azuremlps). All throw as `failureOf` says, `source-invalid` for an answer of
 * another shape, and what the transport throws. The workspace token goes to the workspace's own host only.
 */
export interface StudioClient {
  /** `GET workspaces/{id}`. Throws `workspace-not-found`. */
  settings(access: Access): Promise<Document<WorkspaceSettings>>;
  /** `GET workspaces/{id}/users`: members and open invitations; an empty answer is read as `[]`. */
  users(access: Access): Promise<Document<readonly unknown[]>>;
  /** `GET datasources`: the latest version of each data set, samples included. */
  datasets(access: Access): Promise<readonly Dataset[]>;
  /** `GET datasources/{id}`, with a fresh download link. Throws `asset-not-found`. */
  dataset(access: Access, id: string): Promise<Document<Dataset>>;
  /** `GET experiments`, archived and inner ones too, samples included. */
  experiments(access: Access): Promise<readonly ExperimentSummary[]>;
  /** `GET experiments/{id}`: the document with its graph. Throws `asset-not-found`. */
  experiment(access: Access, id: string): Promise<Document<unknown>>;
}

const TOKEN_HEADER = "x-ms-metaanalytics-authorizationtoken";

/** The client over `transport`. */
export function createStudioClient(transport: Transport): StudioClient {
  async function get<T>(
    access: Access,
    path: string,
    schema: z.ZodType<T>,
    notFound: ErrorCode,
  ): Promise<Document<T>> {
    const answer = await transport.fetchText({
      method: "GET",
      url: `${new URL(access.studioUrl).origin}/api/workspaces/${access.workspaceId}${path}`,
      headers: { accept: "application/json" },
      credentials: { [TOKEN_HEADER]: access.key },
    });
    if (answer.status < 200 || answer.status > 299) throw failureOf(answer, notFound);
    return { text: answer.body, value: parseShape(schema, parseJson(answer.body)) };
  }

  return {
    settings: (access) => get(access, "", workspaceSettingsSchema, "workspace-not-found"),
    users: async (access) => {
      const list = await get(access, "/users", listOf(z.unknown()), "workspace-not-found");
      return list.text.trim() === "" ? { ...list, text: "[]" } : list;
    },
    datasets: async (access) => {
      const list = await get(access, "/datasources", listOf(datasetSchema), "workspace-not-found");
      return list.value;
    },
    dataset: (access, id) =>
      get(access, `/datasources/${encodeURIComponent(id)}`, datasetSchema, "asset-not-found"),
    experiments: async (access) => {
      const path = "/experiments?includeArchived=true&includeNonLeaf=true";
      const schema = listOf(experimentSummarySchema);
      return (await get(access, path, schema, "workspace-not-found")).value;
    },
    experiment: (access, id) =>
      get(access, `/experiments/${encodeURIComponent(id)}`, z.looseObject({}), "asset-not-found"),
  };
}

/**
 * The link to the bytes: the three texts put together, with nothing between them. The link is a credential:
 * it opens the file for anybody, and it must be called without a token. Throws `source-invalid` when the
 * texts make no URL.
 */
export function downloadLink(location: DownloadLocation): URL {
  const link = URL.parse(location.BaseUri + location.Location + location.AccessCredential);
  if (link === null)
    throw new AppError("source-invalid", "The source gave an invalid download link");
  return link;
}
