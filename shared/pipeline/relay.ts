import type { PrivacyRequest } from "../core/request.ts";
import { isOver } from "../core/zip-step.ts";
import type { Owed } from "./ports.ts";
import type { Stage } from "./stage.ts";

/** Sends what a request owes. */

/**
 * Sends every message and event that the request owes and forgets them; takes a request for which nothing
 * is left to be done out of the due index. Running it twice sends copies with the same ids, which the broker and the subscribers
 * drop. Throws `bus-unavailable`; what was not sent stays owed.
 *
 * `known` spares the question what is owed, where nothing else can be: right after a request was created.
 */
export async function relay(
  stage: Pick<Stage, "ledger" | "dueIndex" | "bus">,
  request: PrivacyRequest,
  known?: readonly Owed[],
): Promise<void> {
  const { requestId, traceParent } = request;
  const owed = known ?? (await stage.ledger.owed(requestId));
  const messages = owed.flatMap(({ send }) => send);
  const events = owed.flatMap((row) => row.events);
  if (messages.length > 0) await stage.bus.send(messages, traceParent);
  if (events.length > 0) await stage.bus.publish(events, traceParent);
  if (owed.length > 0)
    await stage.ledger.paid(
      requestId,
      owed.map(({ key }) => key),
    );
  if (isOver(request) && request.lookAt !== null) {
    await stage.dueIndex.remove({ lookAt: request.lookAt, requestId });
  }
}
