import type { ApiClient } from "./api-client.ts";
import type { ProgressLine } from "./progress-line.ts";

/** What every command works with. */
export type CommandContext = {
  readonly client: ApiClient;
  readonly progress: ProgressLine;
  /** The result: text for a person, or with `--json` the value as one line of JSON. */
  readonly print: (text: string, value: unknown) => void;
  /** Where packages go unless told otherwise. */
  readonly packagesFolder: string;
  /** Where receipts go unless told otherwise. */
  readonly receiptsFolder: string;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
};
