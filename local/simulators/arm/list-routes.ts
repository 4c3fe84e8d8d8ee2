import type { Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { SUBSCRIPTIONS } from "../seed/people.ts";
import { type ArmContext, GROUP_PATTERN, WORKSPACES_PATH } from "./arm-context.ts";
import { type ArmWorkspace, armWorkspaces, sameText, toWire } from "./arm-resources.ts";
import { genericResources } from "./generic-resources.ts";
import { pageReply } from "./paging.ts";

/** Lists of subscriptions, of all resources in one, and of workspaces. */
export function listRoutes(context: ArmContext): Route[] {
  return [
    {
      method: "GET",
      pattern: "/subscriptions",
      handle: (request) =>
        pageReply(request, Object.values(SUBSCRIPTIONS).map(wireSubscription), context),
    },
    {
      method: "GET",
      pattern: "/subscriptions/{sub}/resources",
      handle: (request, path) => listResources(request, path("sub"), context),
    },
    {
      method: "GET",
      pattern: `/subscriptions/{sub}${WORKSPACES_PATH}`,
      handle: (request, path) =>
        listWorkspaces(request, context, (one) => sameText(one.subscriptionId, path("sub"))),
    },
    {
      method: "GET",
      pattern: `${GROUP_PATTERN}${WORKSPACES_PATH}`,
      handle: (request, path) => {
        const groupId = `/subscriptions/${path("sub")}/resourceGroups/${path("rg")}`;
        return listWorkspaces(request, context, (one) => sameText(one.groupId, groupId));
      },
    },
  ];
}

/** The only filter known is the one by resource type. */
function listResources(
  request: SimulatorRequest,
  subscriptionId: string,
  context: ArmContext,
): Reply {
  const type = /^resourceType eq '([^']*)'$/i.exec(request.query("$filter") ?? "")?.[1];
  const all = genericResources(context, subscriptionId);
  const asked = all.filter((one) => type === undefined || sameText(one.type, type));
  return pageReply(request, asked, context);
}

function listWorkspaces(
  request: SimulatorRequest,
  context: ArmContext,
  isAsked: (workspace: ArmWorkspace) => boolean,
): Reply {
  const asked = armWorkspaces(context).filter(isAsked);
  return pageReply(
    request,
    asked.map((one) => toWire(one, context)),
    context,
  );
}

function wireSubscription({ id, name }: { id: string; name: string }): Record<string, unknown> {
  return { id: `/subscriptions/${id}`, subscriptionId: id, displayName: name, state: "Enabled" };
}
