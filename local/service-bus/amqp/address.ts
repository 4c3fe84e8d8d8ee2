import { COORDINATOR_ADDRESS } from "./rhea-internals.ts";

/** What a link's address names. */
export type Address =
  | { readonly node: "cbs" }
  | { readonly node: "coordinator" }
  | { readonly node: "management"; readonly path: string }
  | { readonly node: "entity"; readonly path: string };

const MANAGEMENT = "/$management";

/**
 * Reads the address of a source or target: a path, with or without a leading slash, or a URI such as
 * `amqps://host/queue`. The case of its words does not count.
 */
export function readAddress(address: string): Address {
  const path = address.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/^\//, "");
  if (path.toLowerCase() === "$cbs") {
    return { node: "cbs" };
  }
  if (path === COORDINATOR_ADDRESS) {
    return { node: "coordinator" };
  }
  return path.toLowerCase().endsWith(MANAGEMENT)
    ? { node: "management", path: path.slice(0, -MANAGEMENT.length) }
    : { node: "entity", path };
}
