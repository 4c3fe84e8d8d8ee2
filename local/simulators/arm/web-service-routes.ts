import { type ArmService, definitionOf } from "../estate/arm-service.ts";
import { armKeysOf } from "../estate/secrets.ts";
import type { Workspace } from "../estate/workspace.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { PathValues, Route } from "../http/router.ts";
import { directPath, sharedAccessOf } from "../storage/links.ts";
import { type ArmContext, GROUP_PATTERN } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";
import { sameText } from "./arm-resources.ts";
import { blockedBy } from "./locks.ts";
import type { Operations } from "./operations.ts";
import { pageReply } from "./paging.ts";

const TYPE = "Microsoft.MachineLearning/webServices";
const COLLECTION = `/providers/${TYPE}`;

/** New-style web services: lists with sparse items, one, its keys, delete. */
export function webServiceRoutes(context: ArmContext, operations: Operations): Route[] {
  const list = (isAsked: (service: ArmService, path: PathValues) => boolean): Route["handle"] => {
    return (request, path) => {
      const asked = armServices(context).filter(({ service }) => isAsked(service, path));
      const items = asked.map(({ service }) => wireSparse(service));
      return pageReply(request, items, context);
    };
  };
  const one = `${GROUP_PATTERN}${COLLECTION}/{name}`;
  return [
    {
      method: "GET",
      pattern: `/subscriptions/{sub}${COLLECTION}`,
      handle: list((service, path) => sameText(service.subscriptionId, path("sub"))),
    },
    {
      method: "GET",
      pattern: `${GROUP_PATTERN}${COLLECTION}`,
      handle: list((service, path) => sameText(service.id, idOf(path, service.name))),
    },
    {
      method: "GET",
      pattern: one,
      handle: (_request, path) =>
        withService(path, context, ({ service }) => jsonReply(wireService(service, context))),
    },
    {
      method: "GET",
      pattern: `${one}/listKeys`,
      handle: (_request, path) =>
        withService(path, context, ({ service }) => {
          const [primary, secondary] = armKeysOf(service.id);
          return jsonReply({ primary, secondary });
        }),
    },
    {
      method: "DELETE",
      pattern: one,
      handle: (request, path) => {
        const found = findService(path, context);
        const form = context.switches.current.armServiceDelete === "204" ? "204" : "202-async";
        if (found === undefined) return operations.start(form, path("sub"), null);
        const { owner, service } = found;
        const target = {
          owner,
          kind: "arm-web-service",
          id: service.id,
          path: request.url.pathname,
        } as const;
        return (
          blockedBy(service.id, "delete", context) ?? operations.start(form, path("sub"), target)
        );
      },
    },
  ];
}

/** A service with the workspace it is kept with. */
type Found = { readonly owner: Workspace; readonly service: ArmService };

/** Those that exist: they outlive their workspace. */
export function armServices({ estate, clock }: Pick<ArmContext, "estate" | "clock">): Found[] {
  const nowMs = clock.now();
  return estate.workspaces.flatMap((owner) =>
    owner.armServices
      .filter(({ id }) => !owner.removals.isGone("arm-web-service", id, nowMs))
      .map((service) => ({ owner, service })),
  );
}

function findService(path: PathValues, context: ArmContext): Found | undefined {
  const id = idOf(path, path("name"));
  return armServices(context).find(({ service }) => sameText(service.id, id));
}

function withService(
  path: PathValues,
  context: ArmContext,
  handle: (found: Found) => Reply,
): Reply {
  const found = findService(path, context);
  if (found !== undefined) return handle(found);
  const message = `The Resource '${TYPE}/${path("name")}' under resource group '${path("rg")}' was not found.`;
  return armError(404, "ResourceNotFound", message, context.switches);
}

function idOf(path: PathValues, name: string): string {
  return `/subscriptions/${path("sub")}/resourceGroups/${path("rg")}${COLLECTION}/${name}`;
}

function wireEnvelope({ id, name, region }: ArmService): Record<string, unknown> {
  return { id, name, type: TYPE, location: region, tags: {} };
}

/** An item of a list leaves out what the service is made of. */
function wireSparse(service: ArmService): Record<string, unknown> {
  return { ...wireEnvelope(service), properties: wireBasics(service) };
}

function wireBasics(service: ArmService): Record<string, unknown> {
  const createdAt = new Date(service.createdMs).toISOString();
  return {
    packageType: "Graph",
    title: service.name,
    description: "",
    createdOn: createdAt,
    modifiedOn: createdAt,
    provisioningState: "Succeeded",
    readOnly: false,
    machineLearningWorkspace: { id: service.workspaceReference },
  };
}

function wireService(service: ArmService, context: ArmContext): Record<string, unknown> {
  const { executionOrigin } = context;
  return {
    ...wireEnvelope(service),
    properties: {
      ...wireBasics(service),
      swaggerLocation: `${executionOrigin}/subscriptions/${service.subscriptionId}/services/${service.name}/swagger.json`,
      exposeSampleData: true,
      realtimeConfiguration: { maxConcurrentCalls: 4 },
      diagnostics: { level: "None", expiry: null },
      storageAccount: { name: service.storageAccount, key: null },
      keys: null,
      ...(service.payload === null
        ? definitionOf(service.name, service.assetCredential)
        : wirePayload(service.payload, context)),
    },
  };
}

/** Where the definition is when the resource would be over 3 MB. */
function wirePayload(payload: NonNullable<ArmService["payload"]>, context: ArmContext) {
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
