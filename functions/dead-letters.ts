import type { HttpHandler, HttpRequest } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { type DeadLetterList, deadLetterQuerySchema } from "../shared/core/wire.ts";
import { AppError } from "../shared/errors.ts";
import { guarded } from "./http.ts";
import { readQuery } from "./query.ts";

/** `GET /api/dead-letters`: messages that the broker gave up delivering, without their content. */
export function listDeadLetters(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Operator"],
    handle: async ({ request }) => {
      const query = readQuery(request, deadLetterQuerySchema);
      const deadLetters = [...(await (await context.deadLetterQueues()).list(query))];
      return { jsonBody: { deadLetters } satisfies DeadLetterList };
    },
  });
}

/** `POST /api/dead-letters/{queue}/{number}/replay`: puts one back into its queue. */
export function replayDeadLetter(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Operator"],
    handle: async ({ request }) => {
      const { queue, number } = named(request);
      await (await context.deadLetterQueues()).replay(queue, number);
      context.telemetry.deadLetterReplayed({ queue, number });
      return { status: 204 };
    },
  });
}

/** `DELETE /api/dead-letters/{queue}/{number}`: throws one away. */
export function discardDeadLetter(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Operator"],
    handle: async ({ request }) => {
      const { queue, number } = named(request);
      await (await context.deadLetterQueues()).discard(queue, number);
      context.telemetry.deadLetterDiscarded({ queue, number });
      return { status: 204 };
    },
  });
}

function named({ params }: HttpRequest): { queue: string; number: string } {
  const { queue = "", number = "" } = params;
  if (/^\d{1,19}$/.test(number)) return { queue, number };
  throw new AppError("not-found", "There is no such dead letter");
}
