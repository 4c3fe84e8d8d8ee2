/**
 * Ends the process with an error that is nobody's request: a defect of the broker, or a store that
 * fails. Thrown from a handler alone, rhea would take it for the peer's fault, close the connection
 * and go on.
 */
export function failFast(error: unknown): never {
  setImmediate(() => {
    throw error;
  });
  throw error;
}
