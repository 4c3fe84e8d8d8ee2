import type { PrivacyRequest } from "../core/request.ts";
import { generationPrefix } from "../core/slice.ts";
import type { Progress } from "../core/view.ts";
import type { Stage } from "./stage.ts";

/** What is done of a request, counted from its slices. */
export async function progressOf(
  { slices }: Pick<Stage, "slices">,
  { requestId, plan }: PrivacyRequest,
): Promise<Progress> {
  if (plan === null) return { items: 0, bytes: 0, exceptions: 0 };
  const prefix = generationPrefix(plan.generation);
  const { settled, failed, bytes } = await slices.tally(requestId, prefix);
  return { items: settled, bytes, exceptions: failed };
}
