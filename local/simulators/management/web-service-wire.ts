import { endpointKeysOf } from "../estate/secrets.ts";
import type { Workspace } from "../estate/workspace.ts";
import { hexOf } from "../seed/derived-ids.ts";

/** A classic web service of a workspace. */
export type WebService = Workspace["webServices"][number];

/** Id of the web service: 32 hex digits. */
export function serviceIdOf(service: WebService, workspace: Workspace): string {
  return hexOf(`svc:${workspace.key}:${service.key}`);
}

/** An item of the list of web services. */
export function wireService(service: WebService, workspace: Workspace): Record<string, unknown> {
  return {
    Id: serviceIdOf(service, workspace),
    Name: service.name,
    Description: null,
    CreationTime: toMilliseconds(service.created),
    WorkspaceId: workspace.id,
    DefaultEndpointName: "default",
    EndpointCount: service.endpoints.length,
  };
}

/** An endpoint with its keys. */
export function wireEndpoint(
  service: WebService,
  name: string,
  workspace: Workspace,
  studioOrigin: string,
): Record<string, unknown> {
  const serviceId = serviceIdOf(service, workspace);
  const endpointId = hexOf(`ep:${workspace.key}:${service.key}:${name}`);
  const [primaryKey, secondaryKey] = endpointKeysOf(workspace.key, name);
  const createdAt = toMilliseconds(service.created);
  const source = workspace.experiments.find(({ seed }) => seed.name === service.name);
  return {
    Name: name,
    Description: "",
    CreationTime: createdAt,
    WorkspaceId: workspace.id,
    WebServiceId: serviceId,
    HelpLocation: `https://studio.azureml.net/apihelp/workspaces/${workspace.id}/webservices/${serviceId}/endpoints/${endpointId}`,
    PrimaryKey: primaryKey,
    SecondaryKey: secondaryKey,
    ApiLocation: `https://ussouthcentral.services.azureml.net/workspaces/${workspace.id}/services/${endpointId}`,
    PreventUpdate: false,
    Version: createdAt,
    MaxConcurrentCalls: workspace.seed.type === "PaidStandard" ? 20 : 4,
    DiagnosticsTraceLevel: "None",
    ThrottleLevel: workspace.seed.type === "PaidStandard" ? "High" : "Low",
    SampleDataEnabled: false,
    // Services published as code come from no experiment; absent properties are left out.
    ...(source !== undefined && {
      ExperimentLocation: `${studioOrigin}/api/workspaces/${workspace.id}/experiments/${source.id}`,
    }),
    Resources: [],
  };
}

function toMilliseconds(time: string): string {
  return time.replace("Z", ".000Z");
}
