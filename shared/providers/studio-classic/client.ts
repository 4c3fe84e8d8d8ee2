import { z } from "zod";
import { AppError, type ErrorCode, isCode } from "../../errors.ts";
import { failureOf } from "../failure.ts";
import type { StreamAnswer, TextAnswer, Transport } from "../http.ts";
import { parseJson, parseShape } from "../json.ts";
import { type Access, type Document, itemsOf } from "./document.ts";
import { type Experiment, experimentSchema } from "./experiment-shape.ts";
import { createManagementClient, type ManagementClient } from "./management-client.ts";
import {
  type Dataset,
  type DownloadLocation,
  datasetSchema,
  type ExperimentSummary,
  experimentSummarySchema,
  gatewaySchema,
  listOf,
  moduleSchema,
  notebookSchema,
  projectSchema,
  type WorkspaceSettings,
  webServiceGroupSchema,
  workspaceSettingsSchema,
} from "./shapes.ts";

/**
 * The lists of a workspace. Data sets, models and transforms come in their latest version, experiments with archived
 * and inner ones, all with samples. A feature that the workspace does not have (`isOptional`) may answer 404.
 */
const LISTS: { readonly [K in ListName]: ListRule<ListItems[K]> } = {
  projects: { path: "/projectcontainers", schema: projectSchema, isOptional: true },
  datasets: { path: "/datasources", schema: datasetSchema },
  models: { path: "/trainedmodels", schema: datasetSchema },
  transforms: { path: "/transformmodules", schema: datasetSchema },
  modules: { path: "/modules", schema: moduleSchema },
  experiments: {
    path: "/experiments?includeArchived=true&includeNonLeaf=true",
    schema: experimentSummarySchema,
  },
  notebooks: { path: "/notebooks", schema: notebookSchema, isOptional: true },
  gateways: { path: "/gateways", schema: gatewaySchema, isOptional: true },
  webServiceGroups: { path: "/webservicegroups", schema: webServiceGroupSchema, isOptional: true },
};

type ListRule<T> = {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  readonly isOptional?: true;
};

/** The items of each list. */
export type ListItems = {
  readonly projects: z.output<typeof projectSchema>;
  readonly datasets: Dataset;
  readonly models: Dataset;
  readonly transforms: Dataset;
  readonly modules: z.output<typeof moduleSchema>;
  readonly experiments: ExperimentSummary;
  readonly notebooks: z.output<typeof notebookSchema>;
  readonly gateways: z.output<typeof gatewaySchema>;
  readonly webServiceGroups: z.output<typeof webServiceGroupSchema>;
};
export type ListName = keyof ListItems;

/** Kinds with content, of which each version is found by its id. */
export type ContentList = "datasets" | "models" | "transforms";

/** An output of a node of an experiment. */
export type OutputRef = {
  readonly experimentId: string;
  readonly nodeId: string;
  readonly port: string;
};

/**
 * The calls to the Studio (classic) API that clients of it made in public
 * (https://github.com/hning86/azuremlps; `webservicegroups`:
 * https://github.com/Azure/Azure-Machine-Learning-Adoption-Framework). All throw as `failureOf` says, with 404 as
 * `asset-not-found`, `source-invalid` for an answer of another shape, and what the transport throws. The workspace
 * token goes to the workspace's own hosts only.
 */
export interface StudioClient extends ManagementClient {
  /** `GET workspaces/{id}`. Throws `workspace-not-found`. */
  settings(access: Access): Promise<Document<WorkspaceSettings>>;
  /** `GET workspaces/{id}/users`: members and open invitations; an empty answer is read as `[]`. */
  users(access: Access): Promise<Document<readonly unknown[]>>;
  /** The items of a list. Throws `workspace-not-found`. */
  list<K extends ListName>(access: Access, name: K): Promise<readonly ListItems[K][]>;
  /** The items of a list, each with its own text. Throws `workspace-not-found`. */
  documents<K extends ListName>(
    access: Access,
    name: K,
  ): Promise<readonly Document<ListItems[K]>[]>;
  /** One version of a data set, model or transform, with fresh links. */
  content(access: Access, list: ContentList, id: string): Promise<Document<Dataset>>;
  /** `GET experiments/{id}`: the document with its graph and fresh links. */
  experiment(access: Access, id: string): Promise<Document<Experiment>>;
  /** A part of an experiment: its comments, or the definition of a web service made of it. */
  experimentPart(
    access: Access,
    id: string,
    part: "annotations" | "webservicedefinition",
  ): Promise<string>;
  /** `GET experiments/{id}/outputdata/{node}/{port}`: an answer of any status. */
  output(
    access: Access,
    output: OutputRef,
    headers: Readonly<Record<string, string>>,
  ): Promise<StreamAnswer>;
  /** `GET notebooks/family/{id}/attachments`: the names of attached files. */
  attachments(access: Access, familyId: string): Promise<string>;
  /** `POST notebooks/family/{id}/session`: opens a session and gives its links. */
  session(access: Access, familyId: string): Promise<string>;
}

const TOKEN_HEADER = "x-ms-metaanalytics-authorizationtoken";

/** The client over `transport`; `managementUrls` are the origins of the management API by those of the Studio API. */
export function createStudioClient(
  transport: Transport,
  managementUrls: ReadonlyMap<string, string> = new Map(),
): StudioClient {
  const call = async (
    access: Access,
    path: string,
    notFound: ErrorCode,
    method: "GET" | "POST" = "GET",
  ): Promise<TextAnswer> => {
    const answer = await transport.fetchText({
      method,
      url: urlOf(access, path),
      headers: { accept: "application/json" },
      credentials: { [TOKEN_HEADER]: access.key },
    });
    if (answer.status < 200 || answer.status > 299) throw failureOf(answer, notFound);
    return answer;
  };
  const get = async <T>(
    access: Access,
    path: string,
    schema: z.ZodType<T>,
    notFound: ErrorCode = "asset-not-found",
  ): Promise<Document<T>> => {
    const { body } = await call(access, path, notFound);
    return { text: body, value: parseShape(schema, parseJson(body)) };
  };
  const textAt = async (access: Access, path: string) =>
    (await call(access, path, "asset-not-found")).body;
  const listText = async (access: Access, name: ListName) => {
    const { path, isOptional = false } = LISTS[name];
    try {
      return (await call(access, path, "workspace-not-found")).body;
    } catch (error) {
      if (isOptional && isCode(error, "workspace-not-found")) return "[]";
      throw error;
    }
  };
  const notebook = (id: string, part: string) =>
    `/notebooks/family/${encodeURIComponent(id)}/${part}`;

  return {
    ...createManagementClient(transport, managementUrls),
    settings: (access) => get(access, "", workspaceSettingsSchema, "workspace-not-found"),
    users: async (access) => {
      const list = await get(access, "/users", listOf(z.unknown()), "workspace-not-found");
      return list.text.trim() === "" ? { ...list, text: "[]" } : list;
    },
    list: async (access, name) => {
      const body = await listText(access, name);
      return parseShape(listOf(LISTS[name].schema), parseJson(body));
    },
    documents: async (access, name) => itemsOf(await listText(access, name), LISTS[name].schema),
    content: (access, list, id) =>
      get(access, `${LISTS[list].path}/${encodeURIComponent(id)}`, datasetSchema),
    experiment: (access, id) =>
      get(access, `/experiments/${encodeURIComponent(id)}`, experimentSchema),
    experimentPart: (access, id, part) =>
      textAt(access, `/experiments/${encodeURIComponent(id)}/${part}`),
    output: (access, { experimentId, nodeId, port }, headers) => {
      const [id, node, name] = [experimentId, nodeId, port].map(encodeURIComponent);
      return transport.fetchStream({
        method: "GET",
        url: urlOf(access, `/experiments/${id}/outputdata/${node}/${name}`),
        headers,
        credentials: { [TOKEN_HEADER]: access.key },
      });
    },
    attachments: (access, id) => textAt(access, notebook(id, "attachments")),
    session: async (access, id) =>
      (await call(access, notebook(id, "session"), "asset-not-found", "POST")).body,
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

function urlOf({ studioUrl, workspaceId }: Access, path: string): string {
  return `${new URL(studioUrl).origin}/api/workspaces/${workspaceId}${path}`;
}
