import type { Asset } from "../../core/asset.ts";
import type { Workspace } from "../../core/request.ts";
import { AppError } from "../../errors.ts";
import type { Clock, Erasure } from "../../pipeline/ports.ts";
import type { ArmCalls } from "./calls.ts";
import { isPlannedService, isPlannedWorkspace, isServiceOf } from "./identity.ts";
import { locksOf } from "./locks.ts";
import { operationErrorCode, operationOf, type Presence, pollOperation } from "./operations.ts";
import { type ArmAnswer, armFailure } from "./sender.ts";
import { armUrl } from "./urls.ts";

/** Deletes resources of ARM: workspaces and web services of the newer kind. Nothing else is ever deleted there. */
export interface ArmRemoval {
  /**
   * Looks whether the resource is the planned one, and asks ARM to delete it. Throws `plan-stale` when it is another
   * one, `workspace-locked` with the lock's name, `outbound-refused` for what is not the workspace's own.
   */
  erase(workspace: Workspace, asset: Asset, beforeCall: () => void): Promise<Erasure>;
  /** Asks again about an operation. */
  poll(workspace: Workspace, asset: Asset, operation: string): Promise<Erasure>;
  /** Whether ARM still has the planned resource. */
  isThere(workspace: Workspace, asset: Asset): Promise<boolean>;
}

/** Specifications: azure-rest-api-specs, Microsoft.MachineLearning, stable. */
const WORKSPACE_VERSION = "2019-10-01";
const SERVICE_VERSION = "2017-01-01";
const SERVICE_ID =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearning\/webServices\/[^/]+$/i;

/** A resource to delete, and how to tell whether the one behind its id is meant. */
type Target = {
  readonly armId: string;
  readonly url: URL;
  readonly isPlanned: (body: string) => boolean;
  readonly isOwn: (body: string) => boolean;
};

/** The removal over `calls`. */
export function createArmRemoval({
  calls,
  clock,
}: {
  readonly calls: ArmCalls;
  readonly clock: Clock;
}): ArmRemoval {
  return {
    async erase(workspace, asset, beforeCall) {
      const target = targetOf(calls.origin, workspace, asset);
      // Both at once: a look without the call that follows it would be wasted.
      await calls.admit(target.url, "GET", "DELETE");
      const look = await calls.send({ method: "GET", url: target.url });
      const presence = presenceOf(target, look);
      if (presence === "gone") return { is: "gone" };
      if (!target.isOwn(look.body)) {
        throw new AppError("outbound-refused", "The resource belongs to another workspace");
      }
      if (presence === "another") {
        throw new AppError("plan-stale", "Another resource has taken the place of the planned one");
      }
      const answer = await calls.send({
        method: "DELETE",
        url: target.url,
        beforeSend: beforeCall,
      });
      switch (answer.status) {
        case 200:
        case 204:
          return { is: "claimed" };
        case 201:
        case 202:
          return operationOf(answer, calls.origin, clock.now());
        case 404:
          return { is: "gone" };
        default:
          throw await failed(calls, target, answer);
      }
    },
    poll(workspace, asset, operation) {
      const target = targetOf(calls.origin, workspace, asset);
      return pollOperation(operation, {
        calls,
        now: clock.now(),
        look: async () => presenceOf(target, await calls.get(target.url)),
        failed: (answer) => failed(calls, target, answer),
      });
    },
    async isThere(workspace, asset) {
      const target = targetOf(calls.origin, workspace, asset);
      return presenceOf(target, await calls.get(target.url)) === "there";
    },
  };
}

function targetOf(origin: string, workspace: Workspace, asset: Asset): Target {
  const { armId } = workspace;
  if (asset.kind === "workspace" && armId?.toLowerCase() === asset.sourceId.toLowerCase()) {
    return {
      armId,
      url: armUrl(origin, armId, WORKSPACE_VERSION),
      isPlanned: (body) => isPlannedWorkspace(body, workspace),
      isOwn: () => true,
    };
  }
  if (asset.kind === "arm-web-service" && SERVICE_ID.test(asset.sourceId)) {
    return {
      armId: asset.sourceId,
      url: armUrl(origin, asset.sourceId, SERVICE_VERSION),
      isPlanned: (body) => isPlannedService(body, asset),
      isOwn: (body) => isServiceOf(body, workspace),
    };
  }
  throw new AppError("outbound-refused", "The resource is none of the workspace's");
}

function presenceOf({ isPlanned }: Target, answer: ArmAnswer): Presence {
  if (answer.status === 404 || answer.status === 410) return "gone";
  if (answer.status !== 200) throw armFailure(answer, "asset-not-found");
  return isPlanned(answer.body) ? "there" : "another";
}

/** The error of a deletion that ARM refused, or that failed after it was accepted. */
async function failed(calls: ArmCalls, target: Target, answer: ArmAnswer): Promise<AppError> {
  const code = operationErrorCode(answer.body);
  if (code === "ScopeLocked") return lockedBy(calls, target);
  if (answer.status >= 400) return armFailure(answer, "asset-not-found");
  const said = code === null ? "" : ` (${code})`;
  return new AppError("source-unavailable", `ARM's deletion ended without success${said}`);
}

/** ARM's error names the scope that is locked; people need the lock's name. */
async function lockedBy(calls: ArmCalls, { armId }: Target): Promise<AppError> {
  const locks = await locksOf(calls, armId);
  const names = locks.map(({ name, level }) => `"${name}" (${level})`).join(", ");
  const who = names === "" ? "A resource lock" : `The resource lock ${names}`;
  return new AppError("workspace-locked", `${who} forbids the deletion`);
}
