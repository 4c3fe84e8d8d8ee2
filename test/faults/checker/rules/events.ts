import type { Evidence, FinalRequest, PublishedEvent } from "../evidence.ts";
import type { Finding } from "../finding.ts";

/**
 * Every request told its life: events numbered from 1 without a gap, each number by one id and one content however often
 * it is delivered, the first that it was accepted, one of them its end. No event is about anything else.
 */
export function missingEvents({ events, requests }: Evidence): Finding[] {
  const byId = Map.groupBy(events, ({ requestId }) => requestId);
  const known = new Set(requests.map(({ requestId }) => requestId));
  const strange = [...byId.keys()]
    .filter((requestId) => !known.has(requestId))
    .map((about) => missing(about, "has events, and there is no such request"));
  return [...requests.flatMap((request) => judged(request, byId)), ...strange];
}

function judged(
  { requestId, state }: FinalRequest,
  byId: ReadonlyMap<string, readonly PublishedEvent[]>,
): Finding[] {
  const told = byId.get(requestId) ?? [];
  const byNumber = Map.groupBy(told, ({ sequence }) => sequence);
  const last = Math.max(0, ...byNumber.keys());
  const gaps = Array.from({ length: last }, (_unused, index) => index + 1).filter(
    (number) => !byNumber.has(number),
  );
  const twofold = [...byNumber].filter(
    ([, all]) => new Set(all.map(({ id, tells }) => `${id} ${tells}`)).size > 1,
  );
  return [
    ...gaps.map((number) => missing(requestId, `its event ${number} of ${last} never came`)),
    ...twofold.map(([number]) => missing(requestId, `has several events by the number ${number}`)),
    ...(byNumber.get(1)?.[0]?.tells === "accepted"
      ? []
      : [missing(requestId, "does not begin with having been accepted")]),
    ...(told.some(({ tells }) => tells === state)
      ? []
      : [missing(requestId, `is ${state}, and no event told so`)]),
  ];
}

function missing(about: string, text: string): Finding {
  return { count: "missingEvents", about, text };
}
