import { pathToFileURL } from "node:url";
import { provideCoreApi } from "../../local/functions-host/core-api.ts";

/** Loads a built app as a host does and tells, as JSON, how long that took until its functions were there. */
const registry = provideCoreApi(() => {});
const cpuBefore = process.cpuUsage();
const startedMs = performance.now();
await import(pathToFileURL(process.argv[2] ?? "").href);
const tookMs = performance.now() - startedMs;
const { user, system } = process.cpuUsage(cpuBefore);
const loaded = {
  tookMs,
  cpuMs: (user + system) / 1000,
  peakRssMB: process.resourceUsage().maxRSS / 1024,
  functions: [...registry.functions.keys()].sort(),
};
console.log(JSON.stringify(loaded));
