import type { PrivacyRequest } from "../core/request.ts";
import { generationPrefix, type Outcome } from "../core/slice.ts";
import type { Progress } from "../core/view.ts";
import type { Stage } from "./stage.ts";

const PAGE = 100;

/** What was asked for and not done. */
const EXCEPTIONS: ReadonlySet<Outcome["outcome"]> = new Set(["failed", "blocked-by"]);

/** What is done of a request, counted from its slices. */
export async function progressOf(
  { slices }: Pick<Stage, "slices">,
  { requestId, plan }: PrivacyRequest,
): Promise<Progress> {
  if (plan === null) return { items: 0, bytes: 0, exceptions: 0 };
  const prefix = generationPrefix(plan.generation);
  let [items, bytes, exceptions] = [0, 0, 0];
  for await (const slice of slices.done(requestId, prefix)) {
    items += slice.outcomes.length;
    bytes += slice.bytes;
    exceptions += slice.outcomes.filter(({ outcome }) => EXCEPTIONS.has(outcome)).length;
  }
  let after = "";
  for (;;) {
    const open = await slices.open(requestId, prefix, after, PAGE);
    for (const { value } of open) bytes += value.bytesDone;
    const last = open.at(-1);
    if (last === undefined || open.length < PAGE) return { items, bytes, exceptions };
    after = last.value.sliceId;
  }
}
