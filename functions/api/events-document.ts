import {
  EVENTS_TOPIC,
  eventTypeOf,
  HAPPENINGS,
  type Happening,
  privacyEventSchema,
} from "../../shared/core/events.ts";
import { STATES, type State } from "../../shared/core/request.ts";
import { REJECTED_QUEUE, ticketRejectedSchema, ticketSchema } from "../../shared/core/ticket.ts";
import { type Json, jsonSchema } from "./document.ts";

/** The document of messages: AsyncAPI 3.0 (https://www.asyncapi.com/docs/reference/specification/v3.0.0). */

const CONTENT_TYPE = "application/cloudevents+json";

/** The document of the ticketing door and of the events. */
export function asyncApiDocument(): Json {
  const told = Object.fromEntries([
    ...STATES.map((state) => [`request-${state}`, message(state, `A request is ${state}`)]),
    ...Object.entries(HAPPENINGS).map(([happening, title]) => [
      `request-${happening}`,
      message(happening as Happening, title),
    ]),
  ]) as Record<string, Json>;
  const messages: Record<string, Json> = {
    ...told,
    ticketRejected: {
      title: "A ticket could not be taken",
      contentType: CONTENT_TYPE,
      payload: jsonSchema(ticketRejectedSchema, "output"),
    },
    ticket: {
      title: "A ticket that asks for an export or a deletion",
      contentType: CONTENT_TYPE,
      payload: jsonSchema(ticketSchema, "input"),
    },
  };
  const events = [...Object.keys(told), "ticketRejected"];
  return {
    asyncapi: "3.0.0",
    info: {
      title: "studio-dsr",
      version: "1",
      description:
        "Events never hold personal data. `subject` is the id of the request, `sequence` orders its events; an event that comes twice has the same id.",
    },
    channels: {
      tickets: channelOf("privacy-requests", ["ticket"]),
      rejected: {
        address: REJECTED_QUEUE,
        description: "Tickets as they came, with `code`, `reason` and `errors` as properties.",
      },
      events: channelOf(EVENTS_TOPIC, events),
    },
    operations: {
      takeTicket: { action: "receive", channel: { $ref: "#/channels/tickets" } },
      tell: { action: "send", channel: { $ref: "#/channels/events" } },
    },
    components: { messages },
  };
}

function message(told: State | Happening, title: string): Json {
  const payload = jsonSchema(privacyEventSchema, "output");
  const type = { const: eventTypeOf(told) };
  return {
    title,
    contentType: CONTENT_TYPE,
    payload: { ...payload, properties: { ...(payload["properties"] as Json), type } },
  };
}

function channelOf(address: string, names: readonly string[]): Json {
  const refs = names.map((name) => [name, { $ref: `#/components/messages/${name}` }]);
  return { address, messages: Object.fromEntries(refs) };
}
