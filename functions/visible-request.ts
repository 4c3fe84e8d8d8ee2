import { type Caller, maySee } from "../shared/core/caller.ts";
import type { PrivacyRequest } from "../shared/core/request.ts";
import { AppError } from "../shared/errors.ts";
import type { Stage } from "../shared/pipeline/stage.ts";

/** The request with that id, if the caller may know of it. Throws `not-found` otherwise, whatever the reason. */
export async function visibleRequest(
  { ledger }: Pick<Stage, "ledger">,
  caller: Caller,
  requestId: string | undefined,
): Promise<PrivacyRequest> {
  const isId = requestId !== undefined && /^[0-9a-f]{32}$/.test(requestId);
  const request = isId ? (await ledger.load(requestId))?.value : undefined;
  if (request === undefined || !maySee(caller, request)) {
    throw new AppError("not-found", "There is no request with this id");
  }
  return request;
}
