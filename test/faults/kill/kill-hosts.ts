import { runStacks } from "./run-stacks.ts";

/** The options of the command. */
export type KillHostsOptions = {
  readonly kills: number;
  readonly requests: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly evidence?: string;
};

const SHOWN_FINDINGS = 50;

/**
 * `npm run faults -- kill`: tells what goes on and every finding on standard error, and the result on standard output.
 * Exit code 1 when a count is not 0, 130 after Ctrl-C, which ends the run early and judges what there is; a second
 * Ctrl-C ends it at once.
 */
export async function killHosts({ json, ...options }: KillHostsOptions): Promise<void> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => {
    console.error("Ending early: no more faults, and no more requests. Ctrl-C again ends at once.");
    interrupted.abort();
    process.once("SIGINT", () => process.exit(130));
  });
  const onProgress = (line: string): void => console.error(line);
  const { result, findings, defects } = await runStacks({
    ...options,
    onProgress,
    signal: interrupted.signal,
  });
  for (const { count, about, text } of findings.slice(0, SHOWN_FINDINGS)) {
    console.error(`${count}: ${about} ${text}`);
  }
  for (const defect of defects) console.error(defect);
  const isRight = findings.length === 0 && defects.length === 0;
  const verdict = isRight
    ? "Everything is as it must be."
    : `WRONG: ${findings.length} findings, ${defects.length} defects of this program.`;
  console.log(json === true ? JSON.stringify(result) : verdict, ...(json ? [] : [result]));
  // Clients may still wait for answers of what is gone; nobody waits for them.
  process.exit(isRight ? (interrupted.signal.aborted ? 130 : 0) : 1);
}
