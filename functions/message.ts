import type { ServiceBusQueueHandler } from "@azure/functions";
import { recordMessageAge } from "../shared/adapters/message-age.ts";
import type { Context } from "../shared/context.ts";
import { messageSchema, QUEUES } from "../shared/core/messages.ts";
import { AppError } from "../shared/errors.ts";
import { runStep } from "../shared/pipeline/run-step.ts";
import { traceStep } from "./trace.ts";

/**
 * The queue edge. Returning completes the message, throwing gives it back. A body that is no pointer of ours
 * is given back until the broker dead-letters it: nothing can be recorded for it, and nothing is lost.
 */
export function stepHandler(context: Context): ServiceBusQueueHandler {
  return async (body, { triggerMetadata }) => {
    const parsed = messageSchema.safeParse(body);
    if (!parsed.success) {
      throw new AppError("message-invalid", "The message is not a pointer to a step");
    }
    recordMessageAge(QUEUES[parsed.data.step], triggerMetadata?.["enqueuedTimeUtc"], Date.now());
    traceStep(parsed.data);
    await runStep(await context.stage(), parsed.data);
  };
}
