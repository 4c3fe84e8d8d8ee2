import type { ServiceBusQueueHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { takeTicket } from "../shared/pipeline/take-ticket.ts";

/**
 * The queue of a ticketing system. Returning completes the message; throwing gives it back, until the broker keeps it
 * among its dead letters. Only the body counts: what else is told of a message can be hidden by its body.
 */
export function ticketHandler(
  context: Context,
  { queue, source }: { readonly queue: string; readonly source: string },
): ServiceBusQueueHandler {
  return async (body) => {
    await takeTicket(await context.intake(), { queue, source, body });
  };
}
