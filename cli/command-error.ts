import type { Problem } from "../shared/core/wire.ts";

type Options = {
  /** 1: it failed or could not be verified; 2: the command line or its settings are wrong. */
  readonly exitCode?: 1 | 2;
  /** What the API said, for `--json`. */
  readonly problem?: Problem;
  readonly cause?: unknown;
};

/**
 * The one error of the command line. The message is for a person: what went wrong and what to do next.
 * It never holds a token or a link.
 */
export class CommandError extends Error {
  readonly exitCode: 1 | 2;
  readonly problem: Problem | null;

  constructor(message: string, { exitCode = 1, problem, cause }: Options = {}) {
    super(message, { cause });
    this.name = "CommandError";
    this.exitCode = exitCode;
    this.problem = problem ?? null;
  }
}
