import type { z } from "zod";
import { AppError } from "../../errors.ts";
import { failureOf } from "../failure.ts";
import type { Transport } from "../http.ts";
import { parseJson, parseShape } from "../json.ts";
import { type Access, type Document, itemsOf } from "./document.ts";
import { type Endpoint, endpointSchema, type WebService, webServiceSchema } from "./shapes.ts";

/**
 * The calls to the management API of classic web services, which takes the workspace token as a bearer token
 * (https://github.com/hning86/azuremlps). They throw as those of the Studio API, and `outbound-refused` when no
 * management API is configured for the workspace's Studio.
 */
export interface ManagementClient {
  /** `GET webservices`; the API may answer an empty list with 204. */
  webServices(access: Access): Promise<readonly Document<WebService>[]>;
  /** `GET webservices/{id}`. */
  webService(access: Access, id: string): Promise<Document<WebService>>;
  /** `GET webservices/{id}/endpoints`, with their keys. */
  endpoints(access: Access, serviceId: string): Promise<readonly Document<Endpoint>[]>;
  /** `GET webservices/{id}/endpoints/{name}`, with its keys. */
  endpoint(access: Access, serviceId: string, name: string): Promise<Document<Endpoint>>;
  /** `GET {ApiLocation}/swagger.json`, which takes no key. */
  swagger(apiLocation: string): Promise<string>;
}

/** The client over `transport`; `managementUrls` are its origins by those of the Studio API. */
export function createManagementClient(
  transport: Transport,
  managementUrls: ReadonlyMap<string, string>,
): ManagementClient {
  const get = async (access: Access, path: string): Promise<string> => {
    const origin = managementUrls.get(new URL(access.studioUrl).origin);
    if (origin === undefined) {
      const message = "No management API is configured for the region of the workspace";
      throw new AppError("outbound-refused", message);
    }
    const answer = await transport.fetchText({
      method: "GET",
      url: `${origin}/workspaces/${access.workspaceId}/webservices${path}`,
      headers: { accept: "application/json" },
      credentials: { authorization: `Bearer ${access.key}` },
    });
    if (answer.status < 200 || answer.status > 299) throw failureOf(answer);
    return answer.body;
  };
  const document = async <T>(access: Access, path: string, schema: z.ZodType<T>) => {
    const text = await get(access, path);
    return { text, value: parseShape(schema, parseJson(text)) };
  };
  const at = (id: string) => `/${encodeURIComponent(id)}`;
  return {
    webServices: async (access) => itemsOf(await get(access, ""), webServiceSchema),
    webService: (access, id) => document(access, at(id), webServiceSchema),
    endpoints: async (access, id) =>
      itemsOf(await get(access, `${at(id)}/endpoints`), endpointSchema),
    endpoint: (access, id, name) =>
      document(access, `${at(id)}/endpoints${at(name)}`, endpointSchema),
    swagger: async (apiLocation) => {
      const url = URL.parse(`${apiLocation.replace(/\/+$/, "")}/swagger.json`);
      if (url === null) throw new AppError("source-invalid", "The endpoint's address is no URL");
      const answer = await transport.fetchText({ method: "GET", url });
      if (answer.status < 200 || answer.status > 299) throw failureOf(answer);
      return answer.body;
    },
  };
}
