import fc from "fast-check";
import type { Command } from "../../shared/core/command.ts";
import { A_RESULT, AN_IDENTITY, AT, aPlan, LATER, RETENTION, UTC } from "./requests.ts";

/** Commands as workers and people might send them: in any order, late, twice, with stale numbers. */

const small = fc.integer({ min: 1, max: 3 });
const instant = fc.constantFrom(AT, LATER);
const failure = fc.constant({ code: "source-unavailable", detail: "not available" });
const attempt = fc.integer({ min: 1, max: 6 });
const slices = fc.constantFrom([], [{ sliceId: "001-01-000001", attempt: 1 }]);

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.constant<Command>({ kind: "plan" }),
  fc.record({
    kind: fc.constant("planned" as const),
    plan: fc
      .tuple(small, fc.constantFrom("plan-hash", "other"))
      .map(([generation, planHash]) => ({ ...aPlan(generation), planHash })),
  }),
  fc.record({
    kind: fc.constant("approve" as const),
    approver: fc.constantFrom("somebody-else", "another", "11111111-1111-4111-8111-111111111111"),
    planHash: fc.constantFrom("plan-hash", "other"),
    startAt: fc.constant(AT),
  }),
  fc.record({
    kind: fc.constant("start" as const),
    phase: small,
    from: fc.constantFrom("", "001-01-000001"),
    to: fc.constant("001-01-000001"),
    slices,
    isLast: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("settle" as const), generation: small, phase: small }),
  fc.record({ kind: fc.constant("block" as const), attempt, failure, wakeAt: instant }),
  fc.constant<Command>({ kind: "unblock" }),
  fc.record({ kind: fc.constant("verify" as const), wakeAt: instant }),
  fc.record({
    kind: fc.constant("seal" as const),
    seal: fc.record({
      sealId: fc.constant("s"),
      manifestSha256: fc.constant("m"),
      files: small,
      bytes: small,
      exceptions: fc.constantFrom(0, 1),
    }),
    retention: fc.constant(RETENTION),
  }),
  fc.record({
    kind: fc.constant("complete" as const),
    manualSteps: fc.nat(2),
    exceptions: fc.constantFrom(0, 1),
    retention: fc.constant(RETENTION),
    result: fc.constant(A_RESULT),
    secondLookAt: fc.constantFrom(null, LATER),
  }),
  fc.record({
    kind: fc.constant("fail" as const),
    attempt,
    failure,
    retention: fc.constant(RETENTION),
  }),
  fc.record({ kind: fc.constant("cancel" as const), retention: fc.constant(RETENTION) }),
  fc.record({ kind: fc.constant("refuse" as const), failure, retention: fc.constant(RETENTION) }),
  fc.record({
    kind: fc.constant("retry" as const),
    attempt,
    hasFailed: fc.boolean(),
    notBefore: fc.constantFrom(null, LATER),
  }),
  fc.record({
    kind: fc.constant("zip" as const),
    attempt,
    hasFailed: fc.boolean(),
    notBefore: fc.constantFrom(null, LATER),
  }),
  fc.record({
    kind: fc.constant("zipped" as const),
    result: fc.oneof(fc.record({ bytes: small }), failure),
  }),
  fc.constantFrom<Command>(
    { kind: "hold", isQuiet: false },
    { kind: "hold", isQuiet: true },
    { kind: "release" },
    { kind: "await-identity", calendar: UTC },
    { kind: "confirm-identity", calendar: UTC, identity: AN_IDENTITY },
    { kind: "purge" },
    { kind: "erase" },
    { kind: "warn", calendar: UTC },
    { kind: "extend", calendar: UTC },
  ),
);

/** A history of up to 25 commands; most begin as a request really begins, so that deep states are reached. */
export function anyCommands(): fc.Arbitrary<Command[]> {
  const beginning: Command[] = [{ kind: "plan" }, { kind: "planned", plan: aPlan(1) }];
  return fc.oneof(
    fc.array(anyCommand, { maxLength: 25 }),
    fc.array(anyCommand, { maxLength: 20 }).map((rest) => [...beginning, ...rest]),
  );
}
