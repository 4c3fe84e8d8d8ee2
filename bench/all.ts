import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Figure } from "./figure.ts";

/**
 * Runs benches one after the other, each in a process of its own, so that none measures what another
 * left in memory. A bench that fails leaves the others to run; then this throws what failed.
 */
export async function runAll(
  main: string,
  names: readonly string[],
  { onProgress }: { readonly onProgress: (line: string) => void },
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const failed: string[] = [];
  for (const name of names) {
    const result = await runOne(main, name);
    if (result === null) failed.push(name);
    else figures.push(...result);
  }
  if (failed.length === 0) return figures;
  onProgress(JSON.stringify(figures));
  throw new Error(`No figures of ${failed.join(", ")}: see above`);
}

/** The figures, or null when the bench ended without any. */
async function runOne(main: string, name: string): Promise<Figure[] | null> {
  const child = spawn(process.execPath, [main, name, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);
  try {
    const result = JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Figure | Figure[];
    return [result].flat();
  } catch {
    return null;
  }
}
