type Options = {
  /** 1: it failed or could not be verified; 2: the command line or its settings are wrong; 130: interrupted. */
  readonly exitCode?: 1 | 2 | 130;
  /** The API's stable code of what went wrong. */
  readonly code?: string | undefined;
  readonly cause?: unknown;
};

/**
 * The one error of the command line. The message is for a person: what went wrong and what to do next.
 * It never holds a token or a link.
 */
export class CommandError extends Error {
  readonly exitCode: 1 | 2 | 130;
  readonly code: string | undefined;

  constructor(message: string, { exitCode = 1, code, cause }: Options = {}) {
    super(message, { cause });
    this.name = "CommandError";
    this.exitCode = exitCode;
    this.code = code;
  }
}
