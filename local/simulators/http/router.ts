import type { Reply } from "./reply.ts";
import type { SimulatorRequest } from "./simulator-request.ts";

/** Path values by the names in the route's pattern. Throws `TypeError` for a name the pattern lacks. */
export type PathValues = (name: string) => string;

/** Answers one request. */
export type Handler = (request: SimulatorRequest) => Reply | Promise<Reply>;

/** One method and path pattern such as `/api/workspaces/{ws}/datasources`, and who answers it. */
export type Route = {
  readonly method: string;
  readonly pattern: string;
  readonly handle: (request: SimulatorRequest, path: PathValues) => Reply | Promise<Reply>;
};

/**
 * Picks the first route whose method and pattern fit. Fixed segments are compared without regard to
 * case, as the real front ends do; `otherwise` answers what no route takes.
 */
export function createRouter(routes: readonly Route[], otherwise: Handler): Handler {
  const compiled = routes.map((route) => ({ route, parts: route.pattern.split("/").slice(1) }));
  return (request) => {
    for (const { route, parts } of compiled) {
      if (route.method !== request.method) continue;
      const values = matchPath(parts, request.segments);
      if (values !== null) return route.handle(request, toPathValues(route, values));
    }
    return otherwise(request);
  };
}

function matchPath(
  parts: readonly string[],
  segments: readonly string[],
): Map<string, string> | null {
  if (parts.length !== segments.length) return null;
  const values = new Map<string, string>();
  for (const [position, part] of parts.entries()) {
    const segment = segments[position] ?? "";
    if (part.startsWith("{")) values.set(part.slice(1, -1), segment);
    else if (part.toLowerCase() !== segment.toLowerCase()) return null;
  }
  return values;
}

function toPathValues(route: Route, values: ReadonlyMap<string, string>): PathValues {
  return (name) => {
    const value = values.get(name);
    if (value === undefined) throw new TypeError(`${route.pattern} has no part "${name}".`);
    return value;
  };
}
