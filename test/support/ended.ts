import { commit, create } from "../../shared/pipeline/commit.ts";
import type { Stage } from "../../shared/pipeline/stage.ts";
import { newRequestId } from "./contracts/samples.ts";
import { WORKSPACE } from "./memory/source.ts";
import { aPlan, aSubmission } from "./requests.ts";

/** Requests that have ended, each with a container. */

/** Accepts so many requests; nobody works on them. */
export async function accepted(stage: Stage, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newRequestId);
  Object.assign(stage.bus, { send: async () => undefined });
  for (const requestId of ids) await create(stage, { ...aSubmission, requestId });
  return ids;
}

/** Accepts a request and ends it with a package of one blob, and its receipt; by what account type it exported. */
export async function ended(
  stage: Stage,
  accountType: "standard" | "guest" = "standard",
): Promise<string> {
  const [requestId = ""] = await accepted(stage, 1);
  await stage.packages.create(requestId);
  await stage.packages.put({ requestId, name: "p/1" }, Buffer.from("personal"));
  if (accountType === "guest") {
    await commit(stage, requestId, { kind: "plan" });
    const plan = { ...aPlan(1), workspaces: [{ ...WORKSPACE, accountType }] };
    await commit(stage, requestId, { kind: "planned", plan });
  }
  await commit(stage, requestId, { kind: "cancel", retention: stage.pace });
  await commit(stage, requestId, { kind: "receipted" });
  return requestId;
}

/** How many bytes the containers of these requests hold. */
export async function bytesLeft(
  { packages }: Pick<Stage, "packages">,
  ids: Iterable<string>,
): Promise<number> {
  let bytes = 0;
  for (const id of ids) for await (const blob of packages.list(id, "")) bytes += blob.bytes;
  return bytes;
}
