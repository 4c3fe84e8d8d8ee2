import { join } from "node:path";
import { type KillOptions, type KillReport, type KillResult, runKills } from "./run-kills.ts";

/**
 * So many requests see one stack. Azurite reads a whole table for every query, so that one with thousands of requests
 * would do little else.
 */
const REQUESTS_PER_STACK = 500;

/** What came of all stacks together. */
export type StacksReport = Omit<KillReport, "result"> & {
  readonly result: KillResult & { readonly stacks: number };
};

/** Works through the load on one new stack after the other, each with its share of the kills, as {@link runKills} does. */
export async function runStacks(options: KillOptions): Promise<StacksReport> {
  const stacks = Math.ceil(options.requests / REQUESTS_PER_STACK);
  const reports: KillReport[] = [];
  for (let stack = 0; stack < stacks; stack += 1) {
    const report = await runKills(shareOf(options, stack, stacks));
    reports.push(report);
    const { result, defects } = report;
    options.onProgress(`stack ${stack + 1} of ${stacks}: ${JSON.stringify(result)}`);
    if (options.signal.aborted || defects.length > 0) break;
  }
  return {
    result: { ...summed(reports.map(({ result }) => result)), seed: options.seed, stacks },
    findings: reports.flatMap(({ findings }) => findings),
    defects: reports.flatMap(({ defects }) => defects),
  };
}

function shareOf(options: KillOptions, stack: number, stacks: number): KillOptions {
  const share = (all: number) =>
    Math.floor((all * (stack + 1)) / stacks) - Math.floor((all * stack) / stacks);
  const { kills, requests, seed, evidence, onProgress } = options;
  return {
    ...options,
    kills: share(kills),
    requests: share(requests),
    seed: seed + 1_000 * stack,
    onProgress: (line) => onProgress(stacks === 1 ? line : `${stack + 1}/${stacks}: ${line}`),
    evidence: evidence === undefined ? undefined : join(evidence, `stack-${stack + 1}`),
  };
}

/** Numbers add up; so do those within. */
function summed<T extends object>(parts: readonly T[]): T {
  const total: Record<string, unknown> = {};
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    const before = total[name];
    total[name] =
      typeof value === "number" ? ((before as number) ?? 0) + value : summed([before ?? {}, value]);
  }
  return total as T;
}
