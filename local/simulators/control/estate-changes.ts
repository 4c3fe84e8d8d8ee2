import { z } from "zod";
import { toArmWorkspace } from "../arm/arm-resources.ts";
import { publish, recreate, saveAgain, saveDraft, upload } from "../estate/additions.ts";
import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import type { ControlContext } from "./control-surface.ts";
import { remainingAssets } from "./remaining-assets.ts";
import { workspaceRoute } from "./workspace-views.ts";

const uploadSchema = z.strictObject({
  name: z.string(),
  dataTypeId: z.string().default("PlainText"),
  sizeBytes: z.int().min(0).default(1024),
  owner: z.string().optional(),
  familyId: z.string().optional(),
});
const draftSchema = z.strictObject({ name: z.string() });
const serviceSchema = z.strictObject({
  name: z.string(),
  endpoints: z.array(z.string()).default(["default"]),
});
const lockSchema = z.strictObject({
  scope: z.string().startsWith("/subscriptions/"),
  name: z.string(),
  level: z.enum(["CanNotDelete", "ReadOnly"]),
  notes: z.string().default(""),
});

/**
 * Changes that people make while a request is under way: uploads, drafts, web services, a workspace made
 * anew under its name, locks on any scope; and what is really left in a workspace.
 */
export function estateChangeRoutes(context: ControlContext): Route[] {
  const { estate, clock } = context;
  return [
    workspaceRoute("GET", "/assets", context, (workspace) =>
      jsonReply(remainingAssets(workspace, clock.now())),
    ),
    workspaceRoute("POST", "/datasets", context, (workspace, _path, request) =>
      withBody(request, uploadSchema, (told) => {
        const { id, familyId } = upload(estate, workspace, told, clock.now());
        return jsonReply({ id, familyId }, 201);
      }),
    ),
    workspaceRoute("POST", "/experiments", context, (workspace, _path, request) =>
      withBody(request, draftSchema, ({ name }) => {
        const { id } = saveDraft(workspace, name, clock.now());
        return jsonReply({ id }, 201);
      }),
    ),
    workspaceRoute("POST", "/experiments/{id}", context, (workspace, path) =>
      emptyReply(saveAgain(workspace, path("id"), clock.now()) ? 204 : 404),
    ),
    workspaceRoute("POST", "/web-services", context, (workspace, _path, request) =>
      withBody(request, serviceSchema, (told) =>
        jsonReply({ id: publish(workspace, told, clock.now()).id }, 201),
      ),
    ),
    workspaceRoute("POST", "/recreate", context, (workspace) => {
      if (workspace.seed.azure === undefined) return emptyReply(409);
      const fresh = recreate(estate, workspace, clock.now());
      const { key, id, primaryToken } = fresh;
      return jsonReply({ key, id, primaryToken, armId: toArmWorkspace(fresh)?.id }, 201);
    }),
    ...lockRoutes(context),
  ];
}

function lockRoutes({ estate }: ControlContext): Route[] {
  return [
    { method: "GET", pattern: "/control/locks", handle: () => jsonReply(estate.locks) },
    {
      method: "PUT",
      pattern: "/control/locks",
      handle: (request) =>
        withBody(request, lockSchema, (lock) => {
          estate.setLock(lock);
          return emptyReply(204);
        }),
    },
    {
      method: "DELETE",
      pattern: "/control/locks",
      handle: (request) => {
        const [scope, name] = [request.query("scope"), request.query("name")];
        if (scope === undefined || name === undefined) return emptyReply(400);
        estate.removeLock({ scope, name });
        return emptyReply(204);
      },
    },
  ];
}

/** Reads a JSON body; one that does not fit is answered with 400 and the reason. */
export async function withBody<Body>(
  request: SimulatorRequest,
  schema: z.ZodType<Body>,
  handle: (body: Body) => Reply,
): Promise<Reply> {
  const body = schema.safeParse(JSON.parse(await request.readText()));
  return body.success ? handle(body.data) : jsonReply({ error: z.prettifyError(body.error) }, 400);
}
