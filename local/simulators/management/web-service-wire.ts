import type { Planter } from "../estate/planted-secrets.ts";
import { blobSignatureOf, endpointKeysOf } from "../estate/secrets.ts";
import type { WebService, Workspace } from "../estate/workspace.ts";
import { runIdOf } from "../seed/derived-ids.ts";

/** An endpoint of a classic web service. */
export type Endpoint = WebService["endpoints"][number];

/** Whose endpoint it is. */
export type EndpointSite = { readonly workspace: Workspace; readonly service: WebService };

/** An item of the list of web services, with those of its endpoints that exist. */
export function wireService(
  service: WebService,
  endpoints: readonly Endpoint[],
  workspace: Workspace,
  plant: Planter,
): Record<string, unknown> {
  return {
    Id: service.id,
    Name: service.name,
    Description: plant("service.Description", null),
    CreationTime: new Date(service.createdMs).toISOString(),
    WorkspaceId: workspace.id,
    DefaultEndpointName: "default",
    EndpointCount: endpoints.length,
  };
}

/** An endpoint with its keys. */
export function wireEndpoint(
  { name, id }: Endpoint,
  { workspace, service }: EndpointSite,
  origins: { readonly studioOrigin: string; readonly executionOrigin: string },
  plant: Planter,
): Record<string, unknown> {
  const [primaryKey, secondaryKey] = endpointKeysOf(workspace.key, name);
  const createdAt = new Date(service.createdMs).toISOString();
  const isPaid = workspace.seed.type === "PaidStandard";
  return {
    Name: name,
    Description: plant("endpoint.Description", ""),
    CreationTime: createdAt,
    WorkspaceId: workspace.id,
    WebServiceId: service.id,
    HelpLocation: `https://studio.azureml.net/apihelp/workspaces/${workspace.id}/webservices/${service.id}/endpoints/${id}`,
    PrimaryKey: primaryKey,
    SecondaryKey: secondaryKey,
    ApiLocation: `${origins.executionOrigin}/workspaces/${workspace.id}/services/${id}`,
    PreventUpdate: false,
    Version: createdAt,
    MaxConcurrentCalls: isPaid ? 20 : 4,
    DiagnosticsTraceLevel: "None",
    ThrottleLevel: isPaid ? "High" : "Low",
    SampleDataEnabled: false,
    ...wireSource(workspace, service, origins.studioOrigin),
  };
}

/** Services published as code come from no experiment; absent properties are left out. */
function wireSource(
  workspace: Workspace,
  service: WebService,
  studioOrigin: string,
): Record<string, unknown> {
  const source = workspace.experiments.find(({ seed }) => seed.name === service.name);
  if (source === undefined) return { Resources: [] };
  const run = runIdOf(workspace.id, source.hex, source.runTimesMs.at(-1) ?? 0);
  const models = source.assetNodeIds.flatMap((id) => workspace.models.find(id) ?? []);
  return {
    ExperimentLocation: `${studioOrigin}/api/workspaces/${workspace.id}/experiments/${run}`,
    Resources: models.map(({ name, blob }) => ({
      Name: name,
      Kind: "TrainedModel",
      Location: {
        BaseLocation: `https://${blob.account}.blob.core.windows.net/`,
        RelativeLocation: blob.path,
        SasBlobToken: `?sv=2015-02-21&sr=b&sig=${encodeURIComponent(blobSignatureOf(blob))}&sp=r`,
      },
    })),
  };
}
