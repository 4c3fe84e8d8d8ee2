import type { ArmService } from "../estate/arm-service.ts";
import { armKeysOf } from "../estate/secrets.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { PathValues, Route } from "../http/router.ts";
import { type ArmContext, GROUP_PATTERN } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";
import { sameText } from "./arm-resources.ts";
import { blockedBy } from "./locks.ts";
import type { Operations } from "./operations.ts";
import { pageReply } from "./paging.ts";
import {
  type ArmServiceOf,
  WEB_SERVICE_TYPE,
  wireService,
  wireSparse,
} from "./web-service-wire.ts";

const COLLECTION = `/providers/${WEB_SERVICE_TYPE}`;

/** New-style web services: lists with sparse items, one, its keys, delete. */
export function webServiceRoutes(context: ArmContext, operations: Operations): Route[] {
  const list = (isAsked: (service: ArmService, path: PathValues) => boolean): Route["handle"] => {
    return (request, path) => {
      const asked = armServices(context).filter(({ service }) => isAsked(service, path));
      const items = asked.map((found) => wireSparse(found, context));
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
        withService(path, context, (found) => jsonReply(wireService(found, context))),
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

/** Those that exist: they outlive their workspace. */
export function armServices({
  estate,
  clock,
}: Pick<ArmContext, "estate" | "clock">): ArmServiceOf[] {
  const nowMs = clock.now();
  return estate.workspaces.flatMap((owner) =>
    owner.armServices
      .filter(({ id }) => !owner.removals.isGone("arm-web-service", id, nowMs))
      .map((service) => ({ owner, service })),
  );
}

function findService(path: PathValues, context: ArmContext): ArmServiceOf | undefined {
  const id = idOf(path, path("name"));
  return armServices(context).find(({ service }) => sameText(service.id, id));
}

function withService(
  path: PathValues,
  context: ArmContext,
  handle: (found: ArmServiceOf) => Reply,
): Reply {
  const found = findService(path, context);
  if (found !== undefined) return handle(found);
  const message = `The Resource '${WEB_SERVICE_TYPE}/${path("name")}' under resource group '${path("rg")}' was not found.`;
  return armError(404, "ResourceNotArmServiceOf", message, context.switches);
}

function idOf(path: PathValues, name: string): string {
  return `/subscriptions/${path("sub")}/resourceGroups/${path("rg")}${COLLECTION}/${name}`;
}
