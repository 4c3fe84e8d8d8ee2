import { tableKey } from "./table-codec.ts";

/** A condition of a table query, in OData. */
export type Condition = string & { readonly condition: true };

/** Rows whose key is `key` or comes after it. */
export function from(key: string): Condition {
  return condition(`RowKey ge '${tableKey(key)}'`);
}

/** Rows whose key comes after `key`. */
export function after(key: string): Condition {
  return condition(`RowKey gt '${tableKey(key)}'`);
}

/** Rows whose key is `key` or comes before it. */
export function until(key: string): Condition {
  return condition(`RowKey le '${tableKey(key)}'`);
}

/** Rows whose key begins with `prefix`, which may not be empty. */
export function startingWith(prefix: string): readonly [Condition, Condition] {
  const last = prefix.length - 1;
  const next = String.fromCharCode(prefix.charCodeAt(last) + 1);
  return [from(prefix), condition(`RowKey lt '${prefix.slice(0, last)}${next}'`)];
}

/** Rows with that value in a column. A quote in a text is doubled, which is all that OData asks. */
export function equals(column: string, value: string | boolean): Condition {
  const literal = typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
  return condition(`${column} eq ${literal}`);
}

/** Rows that have the column, with that value or one that sorts before it. */
export function atMost(column: string, value: string): Condition {
  return condition(`${column} le '${value.replaceAll("'", "''")}'`);
}

/** Rows that meet one of the two. */
export function either(a: Condition, b: Condition): Condition {
  return condition(`(${a} or ${b})`);
}

function condition(text: string): Condition {
  return text as Condition; // the brand is for the compiler only
}
