import type { PrivacyRequest } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import type { Approval, Bar, Submission } from "../checker/evidence.ts";
import type { Answered, Simulation } from "./simulation.ts";
import type { SimulatedStage } from "./world.ts";

/** What people do with the app, and what they are told. They know what they asked and were answered, and no more. */

/** What people remember; the checker judges by it. */
export type Memory = {
  readonly submissions: Submission[];
  readonly approvals: Approval[];
  readonly bars: Bar[];
};

/** The answer to a call: a failure that may pass says nothing of whether it happened. */
export type Heard<T> = {
  readonly sentAt: string;
  readonly answeredAt: string;
  readonly answer: "ok" | "refused" | "unknown";
  readonly value: T | null;
};

const MINUTE_MS = 60_000;

/** One person, who can wait, and call the app. */
export type Person = {
  sleep(ms: number): Promise<void>;
  /** Some time up to that. */
  linger(maxMs: number): Promise<void>;
  call<T>(name: string, run: (stage: SimulatedStage) => Promise<T>): Promise<Heard<T>>;
  /** Calls until there is an answer that says something; every try is told. */
  insist<T>(
    name: string,
    run: (stage: SimulatedStage) => Promise<T>,
    onTry?: (heard: Heard<T>) => void,
  ): Promise<Heard<T>>;
  /** The request as the API shows it. */
  look(requestId: string): Promise<PrivacyRequest>;
};

/** Begins a person's doings. */
export function begin(
  simulation: Simulation,
  name: string,
  live: (person: Person) => Promise<void>,
): void {
  const { clock, random } = simulation.world;
  simulation.person(name, async (sleep) => {
    const call: Person["call"] = async (what, run) => {
      const sentAt = clock.now();
      const answered = await simulation.call(what, run);
      return { sentAt, answeredAt: clock.now(), ...heard(answered) };
    };
    const linger = (maxMs: number) => sleep(random.below(maxMs));
    const insist: Person["insist"] = async (what, run, onTry = () => undefined) => {
      for (;;) {
        const answer = await call(what, run);
        onTry(answer);
        if (answer.answer !== "unknown") return answer;
        await linger(MINUTE_MS);
      }
    };
    const look = async (requestId: string): Promise<PrivacyRequest> => {
      const found = await insist("look", (stage) => stage.ledger.load(requestId));
      if (found.value === null) throw new Error(`There is no request ${requestId} any more`);
      return found.value.value;
    };
    await live({ sleep, linger, call, insist, look });
  });
}

function heard<T>(answered: Answered<T>): Pick<Heard<T>, "answer" | "value"> {
  if (answered.answer === "ok") return answered;
  if (answered.answer === "unknown") return { answer: "unknown", value: null };
  const { error } = answered;
  if (!(error instanceof AppError)) throw error;
  return { answer: error.isRetryable ? "unknown" : "refused", value: null };
}
