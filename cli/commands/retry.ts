import type { CommandContext } from "../command-context.ts";
import { requestLine } from "../watch-request.ts";

/** `studio-dsr retry <id>`: makes a new request for what failed; the same one each time. */
export async function retry({ client, print }: CommandContext, requestId: string): Promise<void> {
  const request = await client.retry(requestId);
  const next = `Follow it with: studio-dsr status ${request.id} --watch`;
  print(`${requestLine(request)}\n${next}`, request);
}
