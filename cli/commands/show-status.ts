import type { CommandContext } from "../command-context.ts";
import { expectSuccess, requestLine, watchRequest } from "../watch-request.ts";

/** `studio-dsr status <id>`: shows a request; with `watch` until it has ended, and fails when it failed. */
export async function showStatus(
  context: CommandContext,
  requestId: string,
  options: { readonly watch?: boolean },
): Promise<void> {
  if (options.watch !== true) {
    const request = await context.client.getRequest(requestId);
    context.print(`${request.id}  ${requestLine(request)}`, request);
    return;
  }
  const request = await watchRequest(
    context.client,
    requestId,
    (seen) => context.progress.show(`${seen.id}  ${requestLine(seen)}`),
    context.signal,
  );
  context.progress.end();
  context.print(`${request.id}  ${requestLine(request)}`, request);
  expectSuccess(request);
}
