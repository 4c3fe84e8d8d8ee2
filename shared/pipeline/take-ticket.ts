import { createHmac } from "node:crypto";
import { waitMs } from "../core/backoff.ts";
import { findingsOf } from "../core/findings.ts";
import { immodest, MAX_BODY_BYTES } from "../core/json-limits.ts";
import {
  REJECTED_QUEUE,
  retriedTicketSchema,
  type Ticket,
  type TicketRejected,
  ticketIdOf,
  ticketSchema,
} from "../core/ticket.ts";
import { addMs } from "../core/time.ts";
import { AppError, toAppError } from "../errors.ts";
import { submit } from "./intake.ts";
import type { Stage } from "./stage.ts";

/** The ticketing door: takes a ticket once, answers one that cannot be taken, and waits for a store that is away. */

/** A message as it came. `source` is who speaks, which its queue says. */
export type Delivery = {
  readonly queue: string;
  readonly source: string;
  readonly body: unknown;
};

export type TicketStage = Parameters<typeof submit>[0] & Pick<Stage, "post" | "pace" | "random">;

/** So many findings go into an answer at most. */
const MAX_FINDINGS = 20;

/**
 * Takes the ticket of a message: the same system and ticket again give the same request. A ticket that cannot be
 * taken goes to `privacy-requests-rejected` with the reason, and is answered by an event. When something is away for a
 * while, a copy is scheduled with growing waits. Throws when that cannot be done either, and when the tries are used
 * up: then the broker keeps the message among its dead letters.
 */
export async function takeTicket(
  stage: TicketStage,
  { queue, source, body }: Delivery,
): Promise<void> {
  const retried = retriedTicketSchema.safeParse(body);
  const { tries, ticket } = retried.success ? retried.data : { tries: 0, ticket: body };
  const key = keyOf(stage, source, ticket);
  try {
    const { data } = parseTicket(ticket);
    const { requestedBy = null, ...asked } = data;
    await submit(stage, {
      submitter: `ticket:${source}`,
      requestedBy,
      source,
      idempotencyKey: data.externalId,
      body: asked,
      traceParent: null,
    });
  } catch (error) {
    const failure = toAppError(error);
    if (!failure.isRetryable) return reject(stage, { queue, source, body: ticket }, key, failure);
    if (tries + 1 >= stage.pace.backoff.maxTries) throw failure;
    const delayMs = waitMs(stage.pace.backoff, tries, stage.random(), failure.retryAfterMs);
    await stage.post.post({
      queue,
      id: `${key}-try-${tries + 1}`,
      body: { tries: tries + 1, ticket },
      properties: {},
      notBefore: addMs(stage.clock.now(), delayMs),
    });
    stage.telemetry.ticketDelayed({ source, code: failure.code, waitMs: delayMs });
  }
}

/** Throws `body-too-large`, and `validation-failed` with every finding; none repeats a value. */
function parseTicket(body: unknown): Ticket {
  // What is no JSON comes as text or bytes, which no event is.
  const bytes = Buffer.byteLength(JSON.stringify(body) ?? "");
  if (bytes > MAX_BODY_BYTES) {
    throw new AppError("body-too-large", `A ticket may have ${MAX_BODY_BYTES} bytes`);
  }
  const shape = immodest(body);
  const parsed = shape === null ? ticketSchema.safeParse(body) : null;
  if (parsed?.success) return parsed.data;
  const findings = parsed === null ? [shape ?? []].flat() : findingsOf(parsed.error);
  throw new AppError(
    "validation-failed",
    "The message is not a ticket as docs/ticketing.md tells",
    {
      findings,
    },
  );
}

async function reject(
  { post, clock, telemetry }: TicketStage,
  { queue, source, body }: Delivery,
  key: string,
  { code, message: reason, findings }: AppError,
): Promise<void> {
  const errors = findings.slice(0, MAX_FINDINGS);
  const externalId = ticketIdOf(body);
  await post.post({
    queue: REJECTED_QUEUE,
    id: `${key}-rejected`,
    body,
    properties: { source, queue, code, reason, errors: JSON.stringify(errors) },
    notBefore: null,
  });
  const event: TicketRejected = {
    specversion: "1.0",
    id: `${key}-rejected`,
    source: "studio-dsr",
    type: "studio-dsr.ticket.rejected.v1",
    subject: key,
    time: clock.now(),
    datacontenttype: "application/json",
    sequence: "0000000001",
    data: { ticketSource: source, externalId, code, reason, errors: [...errors] },
  };
  await post.reject(event);
  telemetry.ticketRejected({ source, code });
}

/** Names a message for ever, and tells nothing of it. */
function keyOf({ pseudonymKey }: TicketStage, source: string, ticket: unknown): string {
  return createHmac("sha256", pseudonymKey)
    .update(JSON.stringify(["ticket", source, ticket]))
    .digest("hex")
    .slice(0, 32);
}
