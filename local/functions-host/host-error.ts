/** A problem the operator can solve: its message is a full sentence and is printed without a stack. */
export class HostError extends Error {
  override readonly name = "HostError";
}
