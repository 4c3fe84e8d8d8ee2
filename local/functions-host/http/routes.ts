import type { HttpFunction } from "../app-function.ts";
import { compileRoute } from "./route-template.ts";

/** The function a request goes to, and the values of its route parameters. */
export type RouteMatch = { readonly fn: HttpFunction; readonly params: Record<string, string> };

/** Finds the function for a method and a path as sent. Undefined means 404, also for a wrong verb. */
export type Router = (method: string, path: string) => RouteMatch | undefined;

/**
 * Orders functions by name (any case), as the real host does: the first whose template and methods
 * fit wins, however specific another one is. HEAD is a method of its own.
 * Throws a HostError for a malformed template.
 */
export function createRouter(functions: readonly HttpFunction[], prefix: string): Router {
  const routes = [...functions]
    .sort((a, b) => compareNames(a.name, b.name))
    .map((fn) => ({ fn, match: compileRoute(fullRoute(fn, prefix)) }));
  return (method, path) => {
    for (const { fn, match } of routes) {
      const params = isAllowed(fn, method) ? match(path) : undefined;
      if (params !== undefined) {
        return { fn, params };
      }
    }
    return undefined;
  };
}

/** The function's template behind the prefix. A route that starts with `/` keeps the prefix, too. */
export function fullRoute(fn: HttpFunction, prefix: string): string {
  return [prefix, fn.route].filter((part) => part !== "").join("/");
}

function isAllowed(fn: HttpFunction, method: string): boolean {
  return fn.methods.length === 0 || fn.methods.includes(method.toUpperCase());
}

function compareNames(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : Number(left > right);
}
