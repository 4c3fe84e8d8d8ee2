import { addMs } from "../core/time.ts";
import { AppError } from "../errors.ts";
import type { Clock } from "../pipeline/ports.ts";

/** How many failures in a row open a circuit, and how long it stays open. */
export type CircuitOptions = { readonly failures: number; readonly openMs: number };

/** What a call came to for its host: `neither` when it ended without an answer for reasons of our own. */
export type CallOutcome = "answered" | "failed" | "neither";

/** A circuit for each host: one that does not answer is left alone for a while, instead of asked by every call. */
export interface Circuits {
  /**
   * Lets a call through and returns what has to be told of its outcome, once. Throws `source-unavailable` with
   * `retryAfterMs` while the host's circuit is open. When that time is over a single call goes through as a probe;
   * its outcome closes the circuit, or keeps it open for as long again.
   */
  enter(host: string): (outcome: CallOutcome) => void;
}

type Circuit = { failures: number; openUntil: string | null; isProbing: boolean };

/** Circuits that are closed for every host. */
export function createCircuits({ failures, openMs }: CircuitOptions, clock: Clock): Circuits {
  const circuits = new Map<string, Circuit>();
  return {
    enter(host) {
      const circuit = circuits.get(host) ?? { failures: 0, openUntil: null, isProbing: false };
      circuits.set(host, circuit);
      const waitMs = waitOf(circuit, clock.now(), openMs);
      if (waitMs > 0) {
        const message = "The source did not answer several times and is left alone for a while";
        throw new AppError("source-unavailable", message, { retryAfterMs: waitMs });
      }
      const isProbe = circuit.openUntil !== null;
      circuit.isProbing = isProbe;
      return (outcome) => {
        if (isProbe) circuit.isProbing = false;
        if (outcome === "answered") circuits.delete(host);
        if (outcome !== "failed") return;
        circuit.failures += 1;
        if (circuit.failures >= failures) circuit.openUntil = addMs(clock.now(), openMs);
      };
    },
  };
}

/** How long a call has to wait: until the circuit may be probed, or until the probe is back. */
function waitOf({ openUntil, isProbing }: Circuit, now: string, openMs: number): number {
  if (openUntil === null) return 0;
  const leftMs = Date.parse(openUntil) - Date.parse(now);
  return isProbing ? Math.max(leftMs, openMs) : Math.max(leftMs, 0);
}
