import { BrokerError } from "./broker-error.ts";
import {
  type CorrelationFilter,
  type FilterView,
  matches,
  type SystemField,
} from "./correlation-filter.ts";

/** Which messages a rule lets through: all of them, none, or those with the values it names. */
export type Filter =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  | ({ readonly kind: "correlation" } & CorrelationFilter);

/** A rule of a subscription. The case of its name does not count. */
export type Rule = { readonly name: string; readonly filter: Filter };

/** A rule that a client added, or the name of one that it removed. */
export type RuleChange = { readonly name: string; readonly filter: Filter | undefined };

/** The rule of a subscription that is made without any: it lets every message through. */
export const DEFAULT_RULE: Rule = { name: "$Default", filter: { kind: "true" } };

/** The filter that names the values given; a field that is absent or null may have any value. */
export function correlation(
  system: Readonly<Record<SystemField, string | null | undefined>>,
  properties: CorrelationFilter["properties"],
): Filter {
  const named = Object.entries(system).filter(([, value]) => (value ?? null) !== null);
  return { kind: "correlation", system: Object.fromEntries(named), properties };
}

/**
 * The rules of one subscription, in the order they were made. A message passes when one of them lets
 * it through; without rules none does
 * (https://learn.microsoft.com/azure/service-bus-messaging/topic-filters).
 */
export class Rules {
  readonly #byName = new Map<string, Rule>();
  readonly #record: (change: RuleChange) => void;

  /** Takes the configured rules, the changes made to them since, and where to write new ones. */
  constructor(
    configured: readonly Rule[],
    changes: readonly RuleChange[],
    record: (change: RuleChange) => void,
  ) {
    this.#record = record;
    for (const change of [...configured, ...changes]) {
      this.#apply(change);
    }
  }

  /** The rules in order. */
  list(): Rule[] {
    return [...this.#byName.values()];
  }

  /** Throws `entity-already-exists` when there is a rule of that name. */
  add(rule: Rule): void {
    if (this.#byName.has(rule.name.toLowerCase())) {
      throw new BrokerError("entity-already-exists", `There is a rule '${rule.name}' already.`);
    }
    this.#change(rule);
  }

  /** Throws `entity-not-found` when there is no rule of that name. */
  remove(name: string): void {
    const rule = this.#byName.get(name.toLowerCase());
    if (rule === undefined) {
      // The official client recognises a missing entity by this sentence.
      const sentence = `The messaging entity 'rule ${name}' could not be found.`;
      throw new BrokerError("entity-not-found", sentence);
    }
    this.#change({ name: rule.name, filter: undefined });
  }

  /** Tells whether a message passes; `view` is called when a rule looks at its fields. */
  letThrough(view: () => FilterView): boolean {
    return this.#byName.values().some(({ filter }) => lets(filter, view));
  }

  #change(change: RuleChange): void {
    this.#apply(change);
    this.#record(change);
  }

  #apply({ name, filter }: RuleChange): void {
    if (filter === undefined) {
      this.#byName.delete(name.toLowerCase());
    } else {
      this.#byName.set(name.toLowerCase(), { name, filter });
    }
  }
}

function lets(filter: Filter, view: () => FilterView): boolean {
  switch (filter.kind) {
    case "true":
      return true;
    case "false":
      return false;
    case "correlation":
      return matches(filter, view());
  }
}
