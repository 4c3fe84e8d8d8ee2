import { beforeEach, describe, expect, it } from "vitest";
import {
  type CallOutcome,
  type Circuits,
  createCircuits,
} from "../../../shared/providers/circuit.ts";
import { type MemoryClock, memoryClock } from "../../support/memory/clock.ts";
import { thrownBy } from "../../support/providers/thrown-by.ts";

const HOST = "studio.example";
const OPEN_MS = 30_000;

let clock: MemoryClock;
let circuits: Circuits;
beforeEach(() => {
  clock = memoryClock();
  circuits = createCircuits({ failures: 3, openMs: OPEN_MS }, clock);
});

describe("the circuit of a host", () => {
  it("opens after failures in a row, and says how long it stays open", () => {
    tell("failed", "failed", "failed");
    clock.advance(10_000);

    expect(refusal()).toMatchObject({
      code: "source-unavailable",
      retryAfterMs: 20_000,
      isRetryable: true,
    });
  });

  it("stays closed while failures are not in a row", () => {
    tell("failed", "failed", "answered", "failed", "failed");

    expect(refusal()).toBeUndefined();
  });

  it("does not count calls that ended for reasons of our own", () => {
    tell("failed", "failed", "neither", "neither");

    expect(refusal()).toBeUndefined();
  });

  it("is no other host's", () => {
    tell("failed", "failed", "failed");

    expect(thrownBy(() => circuits.enter("arm.example"))).toBeUndefined();
  });

  it("lets a single probe through when its time is over", () => {
    tell("failed", "failed", "failed");
    clock.advance(OPEN_MS);
    circuits.enter(HOST);

    expect(refusal()).toMatchObject({ code: "source-unavailable", retryAfterMs: OPEN_MS });
  });

  it("closes when the probe is answered", () => {
    tell("failed", "failed", "failed");
    clock.advance(OPEN_MS);
    tell("answered", "failed", "failed");

    expect(refusal()).toBeUndefined();
  });

  it("opens for as long again when the probe fails", () => {
    tell("failed", "failed", "failed");
    clock.advance(OPEN_MS);
    tell("failed");

    expect(refusal()).toMatchObject({ retryAfterMs: OPEN_MS });
  });

  it("lets another probe through when one came to nothing", () => {
    tell("failed", "failed", "failed");
    clock.advance(OPEN_MS);
    tell("neither");

    expect(refusal()).toBeUndefined();
  });
});

function tell(...outcomes: readonly CallOutcome[]): void {
  for (const outcome of outcomes) circuits.enter(HOST)(outcome);
}

function refusal(): unknown {
  return thrownBy(() => circuits.enter(HOST));
}
