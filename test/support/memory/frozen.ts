/**
 * The value itself, which nobody can change any more, neither who stored it nor who reads it: the twins need not copy
 * what they are given, and whoever changes what they have read of a store is found out.
 */
export function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}
