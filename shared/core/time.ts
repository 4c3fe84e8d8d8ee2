/** Arithmetic on instants: ISO 8601, UTC, milliseconds; such strings sort in time order. */

/** The instant `ms` after `at`. */
export function addMs(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}

/** Milliseconds from `from` to `to`. */
export function msBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
