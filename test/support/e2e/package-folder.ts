import { createHash } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { LocalStack } from "./local-stack.ts";

/** What a downloaded package holds, and what it must not hold. */

/** The SHA-256 of a file. */
export async function digestOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

/** Looks for every secret that the seeded workspace holds; finds them in the settings the service serves. */
export async function expectNoSecret(local: LocalStack, folder: string): Promise<void> {
  const answer = await fetch(`${local.stack.urls.control}/control/workspaces/S1/secrets`);
  const secrets = Object.values((await answer.json()) as Record<string, string[]>).flat();
  expect(secrets.length).toBeGreaterThan(5);
  for await (const file of glob(join(folder, "**/*.json"))) {
    const text = await readFile(file, "utf8");
    expect(
      secrets.filter(
        (secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)),
      ),
    ).toEqual([]);
  }
}
