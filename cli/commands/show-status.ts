import type { CommandContext } from "../command-context.ts";
import { expectSuccess, progressText, requestLine, watchRequest } from "../watch-request.ts";

/** `studio-dsr status <id>`: shows a request; with `watch` until it has ended, and fails when it failed. */
export async function showStatus(
  context: CommandContext,
  requestId: string,
  options: { readonly watch?: boolean },
): Promise<void> {
  if (options.watch !== true) {
    const request = await context.client.getRequest(requestId);
    context.print(requestLine(request), request);
    return;
  }
  const request = await watchRequest(
    context.client,
    requestId,
    (seen) => context.progress.show(progressText(seen)),
    context.signal,
  );
  context.progress.end();
  context.print(progressText(request), request);
  expectSuccess(request);
}
