import type { Random } from "../../support/random.ts";
import type { Api } from "./api.ts";
import type { EventFeed } from "./event-feed.ts";
import type { FaultStack } from "./fault-stack.ts";
import type { History } from "./history.ts";

/** What everything in a run shares. */
export type Run = {
  readonly stack: FaultStack;
  readonly api: Api;
  readonly feed: EventFeed;
  readonly history: History;
  readonly random: Random;
  /** Aborts when nothing more is to be waited for. */
  readonly signal: AbortSignal;
};
