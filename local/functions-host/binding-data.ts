import type { TypedData } from "./core-types.ts";

/**
 * What a trigger tells by name, like .NET's dictionary without regard to case: setting a name again
 * replaces its value and **keeps the name as it was first written**.
 */
export class BindingData {
  readonly #values = new Map<string, { readonly name: string; readonly value: TypedData }>();

  set(name: string, value: TypedData): void {
    const key = name.toLowerCase();
    this.#values.set(key, { name: this.#values.get(key)?.name ?? name, value });
  }

  /**
   * Sets the members of a JSON object, but for arrays and nulls; other text has none.
   * Source: `ApplyBindingData` of azure-functions-host.
   */
  setMembersOf(text: string): void {
    for (const [name, value] of Object.entries(jsonMembers(text))) {
      const data = memberData(value);
      if (data !== undefined) {
        this.set(name, data);
      }
    }
  }

  toObject(): Record<string, TypedData> {
    return Object.fromEntries([...this.#values.values()].map(({ name, value }) => [name, value]));
  }
}

function jsonMembers(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

/** .NET turns a boolean into its own text on the way; other values arrive as they were. */
function memberData(value: unknown): TypedData | undefined {
  if (value === null || Array.isArray(value)) {
    return undefined;
  }
  if (typeof value === "boolean") {
    return { string: value ? "True" : "False" };
  }
  return typeof value === "string" ? { string: value } : { json: JSON.stringify(value) };
}
