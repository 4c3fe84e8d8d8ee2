import type { CommitmentPlan } from "../estate/arm-service.ts";
import type { Workspace } from "../estate/workspace.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { PathValues, Route } from "../http/router.ts";
import { guidOf } from "../seed/derived-ids.ts";
import { type ArmContext, GROUP_PATTERN } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";
import { sameText } from "./arm-resources.ts";
import { blockedBy } from "./locks.ts";
import type { Operations } from "./operations.ts";
import { pageReply } from "./paging.ts";
import { armServices } from "./web-service-routes.ts";

const TYPE = "Microsoft.MachineLearning/commitmentPlans";
const COLLECTION = `/providers/${TYPE}`;
const DAY_MS = 24 * 60 * 60 * 1000;
const USAGE_DAYS = 5;

/** Commitment plans: lists, one, who uses it, its usage, delete of one that nobody uses. */
export function planRoutes(context: ArmContext, operations: Operations): Route[] {
  const one = `${GROUP_PATTERN}${COLLECTION}/{name}`;
  return [
    listRoute(`/subscriptions/{sub}${COLLECTION}`, context, (plan, path) =>
      sameText(plan.subscriptionId, path("sub")),
    ),
    listRoute(`${GROUP_PATTERN}${COLLECTION}`, context, (plan, path) =>
      sameText(plan.id, idOf(path, plan.name)),
    ),
    {
      method: "GET",
      pattern: one,
      handle: (_request, path) => withPlan(path, context, ({ plan }) => jsonReply(wirePlan(plan))),
    },
    {
      method: "GET",
      pattern: `${one}/commitmentAssociations`,
      handle: (request, path) =>
        withPlan(path, context, ({ plan }) =>
          pageReply(request, associationsOf(plan, context), context),
        ),
    },
    {
      method: "GET",
      pattern: `${one}/commitmentAssociations/{association}`,
      handle: (_request, path) =>
        withPlan(path, context, ({ plan }) => {
          const found = associationsOf(plan, context).find(
            ({ name }) => name === path("association"),
          );
          return found === undefined ? missing(path, context) : jsonReply(found);
        }),
    },
    {
      method: "GET",
      pattern: `${one}/usageHistory`,
      handle: (request, path) =>
        withPlan(path, context, ({ plan }) => pageReply(request, usageOf(plan), context)),
    },
    {
      method: "DELETE",
      pattern: one,
      handle: (request, path) =>
        withPlan(path, context, ({ plan, owner }) => {
          if (associationsOf(plan, context).length > 0) {
            const message = "The plan is in use by a web service.";
            return armError(409, "Conflict", message, context.switches);
          }
          const target = {
            owner,
            kind: "commitment-plan",
            id: plan.id,
            path: request.url.pathname,
          } as const;
          return (
            blockedBy(plan.id, "delete", context) ?? operations.start("200", path("sub"), target)
          );
        }),
    },
  ];
}

type Found = { readonly owner: Workspace; readonly plan: CommitmentPlan };

/** The plans that exist: they outlive a workspace. */
export function plansOf({ estate, clock }: Pick<ArmContext, "estate" | "clock">): Found[] {
  const nowMs = clock.now();
  return estate.workspaces.flatMap((owner) =>
    owner.plans
      .filter(({ id }) => !owner.removals.isGone("commitment-plan", id, nowMs))
      .map((plan) => ({ owner, plan })),
  );
}

function listRoute(
  pattern: string,
  context: ArmContext,
  isAsked: (plan: CommitmentPlan, path: PathValues) => boolean,
): Route {
  return {
    method: "GET",
    pattern,
    handle: (request, path) => {
      const asked = plansOf(context).filter(({ plan }) => isAsked(plan, path));
      return pageReply(
        request,
        asked.map(({ plan }) => wirePlan(plan)),
        context,
      );
    },
  };
}

function withPlan(path: PathValues, context: ArmContext, handle: (found: Found) => Reply): Reply {
  const found = plansOf(context).find(({ plan }) => sameText(plan.id, idOf(path, path("name"))));
  return found === undefined ? missing(path, context) : handle(found);
}

function missing(path: PathValues, { switches }: ArmContext): Reply {
  const message = `The Resource '${TYPE}/${path("name")}' under resource group '${path("rg")}' was not found.`;
  return armError(404, "ResourceNotFound", message, switches);
}

function idOf(path: PathValues, name: string): string {
  return `/subscriptions/${path("sub")}/resourceGroups/${path("rg")}${COLLECTION}/${name}`;
}

function wirePlan(plan: CommitmentPlan): Record<string, unknown> {
  return {
    id: plan.id,
    name: plan.name,
    type: TYPE,
    location: plan.region,
    tags: {},
    etag: etagOf(plan.id),
    sku: { name: plan.tier, tier: "Standard", capacity: 1 },
    properties: {
      chargeForOverage: true,
      chargeForPlan: true,
      creationDate: new Date(plan.createdMs).toISOString(),
      includedQuantities: {
        "api-transactions": {
          allowance: 100_000,
          amount: 100_000,
          includedQuantityMeter: guidOf("meter:included"),
          overageMeter: guidOf("meter:overage"),
        },
      },
      maxAssociationLimit: 10,
      maxCapacityLimit: 10,
      minCapacityLimit: 1,
      planMeter: guidOf("meter:plan"),
      refillFrequencyInDays: 30,
      suspendPlanOnOverage: false,
    },
  };
}

type Association = { readonly name: string } & Readonly<Record<string, unknown>>;

/** A plan's link to a service; the service itself does not tell. */
function associationsOf(plan: CommitmentPlan, context: ArmContext): Association[] {
  return armServices(context)
    .filter(({ service }) => service.planId !== null && sameText(service.planId, plan.id))
    .map(({ service }) => {
      const name = guidOf(`association:${service.id}`);
      return {
        id: `${plan.id}/commitmentAssociations/${name}`,
        name,
        type: `${TYPE}/commitmentAssociations`,
        location: plan.region,
        etag: etagOf(name),
        properties: {
          associatedResourceId: service.id,
          commitmentPlanId: plan.id,
          creationDate: new Date(service.createdMs).toISOString(),
        },
      };
    });
}

/** Flat items, one a day. */
function usageOf({ createdMs }: CommitmentPlan): Record<string, unknown>[] {
  return Array.from({ length: USAGE_DAYS }, (_, day) => ({
    usageDate: new Date(createdMs + day * DAY_MS).toISOString(),
    usage: { "api-transactions": 120 },
    planQuantitiesBeforeUsage: { "api-transactions": 100_000 - 120 * day },
    planQuantitiesAfterUsage: { "api-transactions": 100_000 - 120 * (day + 1) },
    planUsageOverage: {},
    planDeletionOverage: {},
    planMigrationOverage: {},
  }));
}

function etagOf(label: string): string {
  return `"${guidOf(`etag:${label}`)}"`;
}
