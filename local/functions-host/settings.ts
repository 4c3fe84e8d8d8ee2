import { existsSync } from "node:fs";
import { z } from "zod";
import { HostError } from "./host-error.ts";
import { parseFile, readJsonc } from "./host-json.ts";

/** App settings by name. An empty value counts as absent. */
export type Settings = Readonly<Record<string, string | undefined>>;

const settingsFile = z.object({
  IsEncrypted: z.literal(false, "encrypted settings are not supported").default(false),
  Values: z.record(z.string(), z.string()).default({}),
  Host: z.object({ LocalHttpPort: z.int().min(0).max(65_535).optional() }).prefault({}),
});

/**
 * Puts the values of a `local.settings.json` into `environment`, which wins where both have a name,
 * and gives the port that its `Host` asks for. A file that is not `required` may be missing.
 * Throws a HostError when the file can't be read or has another shape.
 */
export async function loadSettings(
  file: string,
  options: { required: boolean; environment: NodeJS.ProcessEnv },
): Promise<{ readonly port: number | undefined }> {
  if (!options.required && !existsSync(file)) {
    return { port: undefined };
  }
  const { Values, Host } = parseFile(settingsFile, await readJsonc(file), file);
  for (const [name, value] of Object.entries(Values)) {
    options.environment[name] ??= value;
  }
  return { port: Host.LocalHttpPort };
}

/**
 * Replaces each `%NAME%` in a binding option by that setting.
 * Throws a HostError that names a missing setting and where it is used.
 */
export function resolveSettings(text: string, settings: Settings, usedBy: string): string {
  return text.replaceAll(/%([^%]+)%/g, (_match, name: string) => {
    const value = settings[name];
    if (value === undefined || value === "") {
      throw new HostError(`The setting ${name}, which ${usedBy} refers to, is missing.`);
    }
    return value;
  });
}

/** Says whether `AzureWebJobs.<function>.Disabled` switches the function's trigger off. */
export function isDisabled(functionName: string, settings: Settings): boolean {
  const value = settings[`AzureWebJobs.${functionName}.Disabled`]?.toLowerCase();
  return value === "true" || value === "1";
}
