import type { SwitchBoard } from "../control/switches.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";

/**
 * One page of a list: `nextLink` repeats the whole query with a skip token and is absent on the last page.
 * The page size is the switch `armPageSize`.
 */
export function pageReply(
  request: SimulatorRequest,
  items: readonly unknown[],
  { origin, switches }: { readonly origin: string; readonly switches: SwitchBoard },
): Reply {
  const from = Number(request.query("$skiptoken") ?? 0);
  const to = from + switches.current.armPageSize;
  const value = items.slice(from, to);
  if (to >= items.length) return jsonReply({ value });
  const next = new URL(`${origin}/${request.segments.map(encodeURIComponent).join("/")}`);
  next.search = request.url.search;
  next.searchParams.set("$skiptoken", String(to));
  return jsonReply({ value, nextLink: next.href });
}
