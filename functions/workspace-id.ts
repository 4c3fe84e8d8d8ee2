import type { HttpRequest } from "@azure/functions";
import { parseWorkspaceRef } from "../shared/core/scope.ts";

/** The workspace id in the route, without dashes and in lower case; null when it is none. */
export function workspaceIdOf(request: HttpRequest): string | null {
  const ref = parseWorkspaceRef(request.params["id"] ?? "");
  return ref?.by === "workspace-id" ? ref.workspaceId : null;
}
