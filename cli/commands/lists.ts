import type { CommandContext } from "../command-context.ts";

export type ListOptions = Readonly<
  Partial<Record<"state" | "kind" | "workspace" | "dueBefore" | "externalId", string>>
>;

/** `studio-dsr list`: the requests that the caller may know of, newest first, one line each. */
export async function listRequests(context: CommandContext, options: ListOptions): Promise<void> {
  let shown = 0;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { ...options, ...(cursor === undefined ? {} : { cursor }) };
    const page = await context.client.listRequests(query);
    for (const request of page.requests) {
      const { id, kind, state, submittedAt, externalId } = request;
      context.print([id, kind, state, submittedAt, externalId ?? ""].join("  ").trimEnd(), request);
    }
    shown += page.requests.length;
    ({ cursor } = page);
  }
  if (shown === 0) context.progress.show("No request fits.");
  context.progress.end();
}

/** `studio-dsr dead-letters list`: messages that the broker gave up delivering, one line each. */
export async function listDeadLetters(
  context: CommandContext,
  options: { readonly queue?: string },
): Promise<void> {
  const { deadLetters } = await context.client.listDeadLetters(options);
  for (const letter of deadLetters) {
    const { queue, number, reason, enqueuedAt, requestId, step } = letter;
    const about = requestId === null ? "" : `${step} of ${requestId}`;
    context.print([queue, number, enqueuedAt, reason, about].join("  ").trimEnd(), letter);
  }
  if (deadLetters.length === 0) context.progress.show("There are no dead letters.");
  context.progress.end();
}

/** `studio-dsr dead-letters replay <queue> <number>`: puts one back into its queue. */
export async function replayDeadLetter(
  context: CommandContext,
  queue: string,
  number: string,
): Promise<void> {
  await context.client.replayDeadLetter(queue, number);
  context.print(`Dead letter ${number} is in ${queue} again.`, { queue, number, replayed: true });
}

/** `studio-dsr dead-letters discard <queue> <number>`: throws one away. */
export async function discardDeadLetter(
  context: CommandContext,
  queue: string,
  number: string,
): Promise<void> {
  await context.client.discardDeadLetter(queue, number);
  context.print(`Dead letter ${number} of ${queue} is gone.`, { queue, number, discarded: true });
}
