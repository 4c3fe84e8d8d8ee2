import { type ArmService, definitionOf } from "../estate/arm-service.ts";
import { type Planter, planterOf } from "../estate/planted-secrets.ts";
import type { StoredBlob, Workspace } from "../estate/workspace.ts";
import { directPath, sharedAccessOf } from "../storage/links.ts";
import type { ArmContext } from "./arm-context.ts";

/** Type of a new-style web service. */
export const WEB_SERVICE_TYPE = "Microsoft.MachineLearning/webServices";

/** A service with the workspace it is kept with. */
export type ArmServiceOf = { readonly owner: Workspace; readonly service: ArmService };

/** An item of a list leaves out what the service is made of. */
export function wireSparse(found: ArmServiceOf, context: ArmContext): Record<string, unknown> {
  const plant = planter(found, context);
  return { ...wireEnvelope(found, plant), properties: wireBasics(found, plant) };
}

/** The whole resource. */
export function wireService(found: ArmServiceOf, context: ArmContext): Record<string, unknown> {
  const { service } = found;
  const plant = planter(found, context);
  const primary = plant("arm.keys.primary", null);
  const secondary = plant("arm.keys.secondary", null);
  return {
    ...wireEnvelope(found, plant),
    properties: {
      ...wireBasics(found, plant),
      swaggerLocation: `${context.executionOrigin}/subscriptions/${service.subscriptionId}/services/${service.name}/swagger.json`,
      exposeSampleData: true,
      realtimeConfiguration: { maxConcurrentCalls: 4 },
      diagnostics: { level: "None", expiry: null },
      storageAccount: { name: service.storageAccount, key: plant("arm.storageAccount.key", null) },
      keys: primary === null ? null : { primary, secondary },
      ...(service.payload === null
        ? wireDefinition(service, plant)
        : wirePayload(service.payload, context)),
    },
  };
}

function planter({ owner }: ArmServiceOf, { switches }: ArmContext): Planter {
  return planterOf(owner.key, switches.current.plantSecrets);
}

function wireEnvelope({ service }: ArmServiceOf, plant: Planter): Record<string, unknown> {
  const { id, name, region } = service;
  const note = plant("arm.tags", null);
  return {
    id,
    name,
    type: WEB_SERVICE_TYPE,
    location: region,
    tags: note === null ? {} : { note },
  };
}

function wireBasics({ service }: ArmServiceOf, plant: Planter): Record<string, unknown> {
  const createdAt = new Date(service.createdMs).toISOString();
  return {
    packageType: "Graph",
    title: service.name,
    description: plant("arm.description", ""),
    createdOn: createdAt,
    modifiedOn: createdAt,
    provisioningState: "Succeeded",
    readOnly: false,
    machineLearningWorkspace: { id: service.workspaceReference },
  };
}

function wireDefinition({ name, assetCredential }: ArmService, plant: Planter) {
  const definition = definitionOf(name, assetCredential);
  const value = plant("arm.parameters", null);
  if (value === null) return definition;
  const parameter = { value, certificateThumbprint: null };
  const { package: graph, parameters, exampleRequest } = definition;
  const script = { type: "Script", value: plant("arm.graphParameters", null), links: [] };
  return {
    ...definition,
    exampleRequest: {
      ...exampleRequest,
      globalParameters: {
        ...exampleRequest.globalParameters,
        "Database password": plant("arm.globalParameters", null),
      },
    },
    parameters: { ...parameters, "Database password": parameter },
    package: { ...graph, graphParameters: { ...graph.graphParameters, Script: script } },
  };
}

/** Where the definition is when the resource would be over 3 MB. */
function wirePayload(payload: StoredBlob, context: ArmContext): Record<string, unknown> {
  const { clock, switches, storageOrigin } = context;
  const terms = { nowMs: clock.now(), ttlSeconds: switches.current.linkTtlSeconds };
  return {
    payloadsInBlobStorage: true,
    payloadsLocation: {
      uri: `${storageOrigin}/${directPath(payload)}`,
      credentials: sharedAccessOf(payload, terms),
    },
  };
}
