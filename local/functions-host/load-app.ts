import { glob } from "node:fs/promises";
import { Server } from "node:net";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { Registry } from "./core-api.ts";
import { HostError } from "./host-error.ts";
import { parseFile, readJsonc } from "./host-json.ts";
import { describeError } from "./log.ts";
import { runAppHooks } from "./run-function.ts";

const packageJson = z.object({ main: z.string().min(1) });

/** A loaded app. */
export type LoadedApp = {
  /** Where the library's own server takes HTTP requests, when the app turned streaming on. */
  readonly streamUrl: URL | undefined;
};

/**
 * Loads the app's entry points (`main` of package.json, a path or a glob), runs its appStart hooks
 * and closes registration. Throws a HostError when an entry point throws or when nothing was
 * registered.
 */
export async function loadApp(root: string, registry: Registry): Promise<LoadedApp> {
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
  const { HttpUri } = await onLoopback(() => model.getCapabilities({}));
  return { streamUrl: HttpUri === undefined ? undefined : loopbackUrl(HttpUri) };
}

/** The library's stream server listens on all interfaces: servers that start meanwhile don't. */
async function onLoopback<T>(start: () => Promise<T>): Promise<T> {
  // eslint-disable-next-line typescript/unbound-method -- put back below, and called on its server
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    const port = args.find((arg) => typeof arg === "number") ?? 0;
    const onListening = args.find((arg) => typeof arg === "function") as (() => void) | undefined;
    return Reflect.apply(listen, this, [port, "127.0.0.1", onListening]);
  } as typeof listen;
  try {
    return await start();
  } finally {
    Server.prototype.listen = listen;
  }
}

/** The library calls the address `localhost`, which may mean the other protocol's loopback. */
function loopbackUrl(address: string): URL {
  return Object.assign(new URL(address), { hostname: "127.0.0.1" });
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
