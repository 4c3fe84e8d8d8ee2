import { RegisterCounter } from "../core/register.ts";
import type { Register } from "../core/wire.ts";
import type { SummaryPage } from "./ports.ts";
import type { Stage } from "./stage.ts";

const PAGE = 500;

/**
 * The register of the requests that were received in a period, both days included (`YYYY-MM-DD`, UTC), or of all. It
 * reads the list of requests, which goes on when their personal data is gone.
 */
export async function takeRegister(
  { list, clock }: Pick<Stage, "list" | "clock">,
  from: string | null,
  to: string | null,
): Promise<Register> {
  const counter = new RegisterCounter();
  const now = clock.now();
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: SummaryPage = await list.page({
      limit: PAGE,
      ...(cursor === "" ? {} : { cursor }),
    });
    for (const line of page.items) {
      const day = line.submittedAt.slice(0, 10);
      if ((to === null || day <= to) && (from === null || day >= from)) counter.add(line, now);
    }
    // Newest first: what follows is older still.
    const oldest = page.items.at(-1)?.submittedAt.slice(0, 10);
    const isBefore = from !== null && oldest !== undefined && oldest < from;
    cursor = isBefore ? null : page.cursor;
  }
  return { from, to, groups: counter.groups() };
}
