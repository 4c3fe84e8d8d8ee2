import { glob } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { Registry } from "./core-api.ts";
import { HostError } from "./host-error.ts";
import { parseFile, readJsonc } from "./host-json.ts";
import { runAppHooks } from "./invoke.ts";
import { describeError } from "./log.ts";

const packageJson = z.object({ main: z.string().min(1) });

/**
 * Loads the app's entry points (`main` of package.json, a path or a glob), runs its appStart hooks
 * and closes registration. Throws a HostError when an entry point throws, when nothing was
 * registered, or when the app asks for HTTP streaming.
 */
export async function loadApp(root: string, registry: Registry): Promise<void> {
  for (const file of await entryPoints(root)) {
    await import(pathToFileURL(file).href).catch((error: unknown) => {
      throw new HostError(`The entry point ${file} failed to load: ${describeError(error)}`);
    });
  }
  await runAppHooks(registry, "appStart").catch((error: unknown) => {
    throw new HostError(`An appStart hook failed: ${describeError(error)}`);
  });
  registry.seal();
  const model = registry.programmingModel();
  if (model === undefined || registry.functions.size === 0) {
    throw new HostError(
      `The app in ${root} registered no function: does its entry point import all of them?`,
    );
  }
  const capabilities = await model.getCapabilities({});
  if (capabilities["HttpUri"] !== undefined) {
    throw new HostError("The app turns HTTP streaming on, which this host does not support.");
  }
}

async function entryPoints(root: string): Promise<string[]> {
  const file = join(root, "package.json");
  const { main } = parseFile(packageJson, await readJsonc(file), file);
  const files: string[] = [];
  for await (const path of glob(main, { cwd: root })) {
    files.push(resolve(root, path));
  }
  if (files.length === 0) {
    throw new HostError(`No file matches "main" (${main}) of ${file}: has the app been built?`);
  }
  return files.sort();
}
