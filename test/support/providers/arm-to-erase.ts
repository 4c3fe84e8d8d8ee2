import type { Asset } from "../../../shared/core/asset.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import type { Eraser, Limiter } from "../../../shared/pipeline/ports.ts";
import { createArmSender } from "../../../shared/providers/arm/sender.ts";
import { createEraser } from "../../../shared/providers/eraser.ts";
import type { HttpRequest, Transport } from "../../../shared/providers/http.ts";
import { type MemoryClock, memoryClock } from "../memory/clock.ts";
import { noLimiter } from "../memory/limiter.ts";
import { type FakeAnswer, type FakeTransport, fakeTransport } from "./fake-transport.ts";

/** ARM as a test makes it answer, with one workspace and one web service to delete. */

export const ARM_ORIGIN = "https://arm.example";
export const SUBSCRIPTION = "f52ca913-39ff-4bb4-89ea-a4ef9043fd2d";
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/contoso`;
const PROVIDER = `${GROUP}/providers/Microsoft.MachineLearning`;

/** The workspace, as a directory found it. */
export const CHURN: Workspace = {
  workspaceId: "b577bbf6c46640c822e2a6e3d255d437",
  armId: `${PROVIDER}/workspaces/churn`,
  name: "churn",
  accountType: "standard",
  studioUrl: "https://studio.example",
  createdAt: "2017-03-01T23:14:37.070Z",
};

/** The workspace as an asset. */
export const CHURN_ASSET = armAsset("workspace", CHURN.armId ?? "", CHURN.createdAt);

/** Its web service of the newer kind. */
export const SERVICE_ASSET = armAsset(
  "arm-web-service",
  `${PROVIDER}/webServices/churn-v2`,
  "2018-04-01T00:00:00.000Z",
);

/** An asset by kind and id. */
export function armAsset(
  kind: Asset["kind"],
  sourceId: string,
  createdAt: string | null = null,
): Asset {
  return { kind, sourceId, name: "", version: "", bytes: 0, createdAt, modifiedAt: null };
}

/** The workspace as ARM tells of it. */
export function workspaceBody(properties: Record<string, unknown> = {}): string {
  return JSON.stringify({
    id: CHURN.armId,
    name: "churn",
    properties: {
      WorkspaceId: "B577BBF6-C466-40C8-22E2-A6E3D255D437",
      creationTime: "2017-03-01T23:14:37.0707808Z",
      ...properties,
    },
  });
}

/** The web service as ARM tells of it. */
export function serviceBody(properties: Record<string, unknown> = {}): string {
  return JSON.stringify({
    id: SERVICE_ASSET.sourceId,
    name: "churn-v2",
    properties: {
      createdOn: "2018-04-01T00:00:00.0000000Z",
      machineLearningWorkspace: { id: CHURN.armId?.toUpperCase() },
      ...properties,
    },
  });
}

/** The eraser whose ARM answers so; `calls` counts from 1. */
export function eraserOn(
  answer: (request: HttpRequest, calls: number) => FakeAnswer,
  limiter: Limiter = noLimiter,
): { readonly eraser: Eraser; readonly transport: FakeTransport; readonly clock: MemoryClock } {
  const transport = fakeTransport(answer);
  const clock = memoryClock();
  return { eraser: eraserOver(transport, limiter, clock), transport, clock };
}

/** The eraser over that transport. */
export function eraserOver(transport: Transport, limiter: Limiter, clock: MemoryClock): Eraser {
  return createEraser({
    transport,
    keys: { keyOf: async () => "workspace-token", drop: () => undefined },
    managementUrls: new Map([[CHURN.studioUrl, "https://management.example"]]),
    arm: createArmSender({
      endpoint: ARM_ORIGIN,
      credential: {
        getToken: async () => ({ token: "arm-token", expiresOnTimestamp: Date.now() + 3_600_000 }),
      },
      transport,
      clock,
    }),
    limiter,
    principal: "system",
    clock,
    settings: { unverifiedCalls: false, freeWorkspaceDelete: false },
  });
}

/** May be called at any time. */
export const allowed = (): void => undefined;

/** The calls that were made: method and path. */
export function linesOf({ calls }: FakeTransport): readonly string[] {
  return calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
}
