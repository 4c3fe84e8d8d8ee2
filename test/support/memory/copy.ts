/**
 * A copy of plain data: objects, lists, texts, numbers, nothing else. Several times faster than `structuredClone`, which
 * the twins would spend most of their time in.
 */
export function copied<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copied) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) copy[key] = copied(part);
  return copy as T;
}
