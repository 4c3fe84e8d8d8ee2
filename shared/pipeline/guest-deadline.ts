import { expiresAtOf } from "../core/registration.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { isExporting } from "../core/rules.ts";
import { parseWorkspaceRef } from "../core/scope.ts";
import { addMs } from "../core/time.ts";
import { AppError } from "../errors.ts";
import type { Stage } from "./stage.ts";

/**
 * Why an export must not wait so long: a guest workspace of it will be gone by then. Null when it may wait, and
 * when there is nothing to wait for. The failure that makes it wait is the cause.
 */
export async function endsWithin(
  { directory, clock }: Pick<Stage, "directory" | "clock">,
  request: PrivacyRequest,
  waitsMs: number,
  cause: AppError,
): Promise<AppError | null> {
  if (waitsMs === 0 || !isExporting(request)) return null;
  const endsAt = await firstEnd(directory, request);
  if (endsAt === null || addMs(clock.now(), waitsMs) < endsAt) return null;
  const message = `The guest workspace ends at ${endsAt}, before it can be tried again (${cause.message})`;
  return new AppError("guest-workspace-expired", message, { cause });
}

/** When the first guest workspace of the request ends; before there is a plan, by its registration. */
async function firstEnd(
  directory: Stage["directory"],
  { plan, scope }: PrivacyRequest,
): Promise<string | null> {
  if (plan !== null) return earliest(plan.workspaces.map(expiresAtOf));
  const refs = "workspaces" in scope ? scope.workspaces.map(parseWorkspaceRef) : [];
  const known = refs.filter((ref) => ref !== null);
  return earliest(await Promise.all(known.map((ref) => directory.expiresAt(ref))));
}

function earliest(instants: readonly (string | null)[]): string | null {
  return instants.filter((instant) => instant !== null).sort()[0] ?? null;
}
