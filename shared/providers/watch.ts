/**
 * A deadline that can be moved. `signal` aborts when it passes, or when the caller gives up; `isOver` says
 * that the deadline was the reason.
 */
export interface Watch {
  readonly signal: AbortSignal;
  readonly isOver: boolean;
  /** Sets the deadline `timeoutMs` from now, in place of an earlier one. */
  arm(timeoutMs: number): void;
  /** Takes the deadline away. */
  disarm(): void;
}

/** A watch without a deadline yet. `caller` is the signal by which the caller may give up. */
export function createWatch(caller?: AbortSignal): Watch {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: caller === undefined ? controller.signal : AbortSignal.any([controller.signal, caller]),
    get isOver() {
      return controller.signal.aborted;
    },
    arm(timeoutMs) {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(), timeoutMs);
    },
    disarm() {
      clearTimeout(timer);
    },
  };
}
