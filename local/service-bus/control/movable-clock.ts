import { type Clock, systemClock } from "../model/clock.ts";

/** A clock that runs with another one and can be moved on, never back. */
export type MovableClock = Clock & { advance(byMs: number): void };

type Call = { readonly at: number; readonly callback: () => void; cancel: () => void };

/** Starts at the time of `base`. */
export function createMovableClock(base: Clock = systemClock): MovableClock {
  const calls = new Set<Call>();
  let aheadMs = 0;
  const arm = (call: Call): void => {
    call.cancel = base.callAt(call.at - aheadMs, () => {
      calls.delete(call);
      call.callback();
    });
  };
  return {
    now: () => base.now() + aheadMs,
    callAt(at, callback) {
      const call: Call = { at, callback, cancel: () => undefined };
      calls.add(call);
      arm(call);
      return () => {
        calls.delete(call);
        call.cancel();
      };
    },
    advance(byMs) {
      aheadMs += byMs;
      for (const call of calls) {
        call.cancel();
        arm(call);
      }
    },
  };
}
