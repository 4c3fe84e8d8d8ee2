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
  | "replyTo";

/** Values that a message must all have; an empty filter lets every message through. */
export type CorrelationFilter = {
  readonly system: Readonly<Partial<Record<SystemField, string>>>;
  readonly properties: Readonly<Record<string, string>>;
};

/** Tells whether a message has every value the filter names. */
export function matches(filter: CorrelationFilter, view: FilterView): boolean {
  return (
    hasAll(view.system, Object.entries(filter.system)) &&
    hasAll(view.properties, Object.entries(filter.properties))
  );
}

function hasAll(
  values: Readonly<Record<string, unknown>>,
  wanted: readonly (readonly [string, unknown])[],
): boolean {
  return wanted.every(([key, value]) => Object.hasOwn(values, key) && values[key] === value);
}
