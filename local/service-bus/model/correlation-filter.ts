import { isDeepStrictEqual } from "node:util";
import type { PropertyValue } from "./message.ts";

/** The parts of a message that a subscription's filter may look at. */
export type FilterView = {
  readonly system: Readonly<Record<SystemField, string | undefined>>;
  readonly properties: Readonly<Record<string, PropertyValue>>;
};

/** The properties of a message that a filter names without a key of its own. */
export type SystemField =
  | "messageId"
  | "correlationId"
  | "contentType"
  | "subject"
  | "to"
  | "replyTo"
  | "sessionId"
  | "replyToSessionId";

/** Values that a message must all have. */
export type CorrelationFilter = {
  readonly system: Readonly<Partial<Record<SystemField, string>>>;
  readonly properties: Readonly<Record<string, PropertyValue>>;
};

/** Tells whether a message has every value the filter names: the same type, not just the same text. */
export function matches(filter: CorrelationFilter, view: FilterView): boolean {
  return (
    hasAll(view.system, Object.entries(filter.system)) &&
    hasAll(view.properties, Object.entries(filter.properties))
  );
}

function hasAll(
  values: Readonly<Record<string, PropertyValue | undefined>>,
  wanted: readonly (readonly [string, PropertyValue])[],
): boolean {
  return wanted.every(
    ([key, value]) => Object.hasOwn(values, key) && isDeepStrictEqual(values[key], value),
  );
}
