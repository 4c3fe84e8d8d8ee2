import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { usageOf } from "../process-usage.ts";
import type { ExportStack } from "./export-stack.ts";
import type { Container } from "./sides.ts";
import type { Cost } from "./take-turns.ts";

const LOOK_EVERY_MS = 20;
const TICKS_PER_SECOND = 100;

/**
 * Runs a program to its end and returns what it took. Throws what it said on standard error when it fails. No other
 * child of this process may end meanwhile: its processor time would count.
 */
export async function measuredChild(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Cost> {
  const before = childrenCpuSeconds();
  const startedAtMs = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let peakRssMB = 0;
  const look = setInterval(() => {
    peakRssMB = Math.max(peakRssMB, peakOf(child.pid));
  }, LOOK_EVERY_MS);
  try {
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    if (code !== 0) throw new Error(`${command} ended with exit code ${String(code)}:\n${said}`);
    const seconds = (performance.now() - startedAtMs) / 1000;
    return { seconds, cpuSeconds: childrenCpuSeconds() - before, peakRssMB };
  } finally {
    clearInterval(look);
  }
}

/** A peer that is a script: it is told the source's open folder and the container. */
export function scriptCopy(
  script: URL,
  { sourceFolder, caFile }: Pick<ExportStack, "sourceFolder" | "caFile">,
): (container: Container) => Promise<Cost> {
  const path = fileURLToPath(script);
  return ({ url }) =>
    measuredChild(process.execPath, [path, sourceFolder, url], { NODE_EXTRA_CA_CERTS: caFile });
}

/** The peak so far; 0 of a process that has ended, whose memory the system no longer tells. */
function peakOf(pid: number | undefined): number {
  try {
    return usageOf(pid ?? Number.NaN).peakRssMB || 0;
  } catch {
    return 0;
  }
}

/** The processor time of all children that have ended: fields 16 and 17 of /proc/self/stat (proc(5)). */
function childrenCpuSeconds(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}
