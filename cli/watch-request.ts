import { setTimeout as delay } from "node:timers/promises";
import type { RequestView } from "../shared/core/wire.ts";
import type { ApiClient } from "./api-client.ts";
import { CommandError } from "./command-error.ts";
import { formatBytes } from "./progress-line.ts";

const EVERY_MS = 1_000;
const WAITS_FOR_A_PERSON: ReadonlySet<RequestView["state"]> = new Set([
  "blocked",
  "awaiting-approval",
]);
const SUCCESS: ReadonlySet<RequestView["state"]> = new Set([
  "completed",
  "completed-with-exceptions",
  "awaiting-approval",
]);

/**
 * Asks for a request every second until it has ended or waits for a person; `onChange` gets
 * every answer.
 */
export async function watchRequest(
  client: ApiClient,
  requestId: string,
  onChange: (request: RequestView) => void,
  signal: AbortSignal,
): Promise<RequestView> {
  for (;;) {
    const request = await client.getRequest(requestId);
    onChange(request);
    if (request.finishedAt !== null || WAITS_FOR_A_PERSON.has(request.state)) return request;
    await delay(EVERY_MS, undefined, { signal });
  }
}

/** Throws when a request has ended, or waits, without having done what it was for. */
export function expectSuccess(request: RequestView): void {
  if (SUCCESS.has(request.state)) return;
  const why =
    request.failure === null ? "" : `: ${request.failure.detail} (${request.failure.code})`;
  const again = request.state === "blocked" ? ` It looks again at ${request.wakeAt}.` : "";
  throw new CommandError(`Request ${request.id} is ${request.state}${why}.${again}`, {
    code: request.failure?.code,
  });
}

/** A request in one line, with the reason when it failed or waits. */
export function requestLine(request: RequestView): string {
  const failure = request.failure === null ? "" : ` - ${request.failure.detail}`;
  const again =
    request.wakeAt !== null && request.state === "blocked"
      ? `, looks again at ${request.wakeAt}`
      : "";
  return `${progressText(request)}${failure}${again}${deadline(request)}`;
}

/** Until when a guest workspace is there; its export has to be done by then. */
function deadline({ workspaces, finishedAt }: RequestView): string {
  const ends = workspaces.flatMap(({ expiresAt }) => expiresAt ?? []).sort();
  return ends[0] === undefined || finishedAt !== null ? "" : `, guest workspace ends ${ends[0]}`;
}

/** A request in one line, without a reason: for where {@link expectSuccess} gives it. */
export function progressText({ id, state, stage, progress, exceptions }: RequestView): string {
  const { items, bytes } = progress;
  const where = stage === state ? state : `${state} (${stage})`;
  const counts =
    items.total === null
      ? ""
      : `, ${items.done} of ${items.total} items, ${formatBytes(bytes.done)} of ${formatBytes(bytes.total ?? 0)}`;
  return `${id}  ${where}${counts}${exceptions === 0 ? "" : `, ${exceptions} exceptions`}`;
}
