import rhea from "rhea";
import type { FilterView } from "../model/correlation-filter.ts";
import type { Content, PropertyValue } from "../model/message.ts";
import { asBuffer } from "./codec.ts";
import { SECTION, splitSections } from "./sections.ts";

/** Reads the fields of a message that a correlation filter may name. */
export function filterView(content: Content): FilterView {
  const sections = splitSections(asBuffer(content.bare)).filter(
    ({ code }) => code === SECTION.properties || code === SECTION.applicationProperties,
  );
  const message = rhea.message.decode(Buffer.concat(sections.map(({ bytes }) => bytes)));
  return {
    system: {
      messageId: text(message["message_id"]),
      correlationId: text(message["correlation_id"]),
      contentType: text(message["content_type"]),
      subject: text(message["subject"]),
      to: text(message["to"]),
      replyTo: text(message["reply_to"]),
      sessionId: text(message["group_id"]),
      replyToSessionId: text(message["reply_to_group_id"]),
    },
    properties: properties(message["application_properties"]),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function properties(value: unknown): Readonly<Record<string, PropertyValue>> {
  // rhea decodes the section to an object whose values are of the simple AMQP types.
  return (value ?? {}) as Record<string, PropertyValue>;
}
