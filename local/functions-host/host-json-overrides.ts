import type { Settings } from "./settings.ts";

/**
 * Puts settings into a parsed host.json: `AzureFunctionsJobHost__extensions__http__routePrefix` replaces or adds
 * `extensions.http.routePrefix`. Names are read without regard to case; a value that is a JSON number or boolean becomes
 * one. Source: https://learn.microsoft.com/azure/azure-functions/functions-host-json#override-hostjson-values
 */
export function withOverrides(hostJson: unknown, settings: Settings): unknown {
  let result = hostJson;
  for (const [name, value] of Object.entries(settings)) {
    const [first, ...path] = name.split("__");
    const isOverride = first?.toLowerCase() === "azurefunctionsjobhost" && path.length > 0;
    if (isOverride && value !== undefined) result = withValue(result, path, valueOf(value));
  }
  return result;
}

function withValue(target: unknown, [name = "", ...rest]: readonly string[], value: unknown) {
  const members = typeof target === "object" && target !== null ? Object.entries(target) : [];
  const known = members.find(([other]) => other.toLowerCase() === name.toLowerCase());
  const [key, present] = known ?? [name, undefined];
  const inner: unknown = rest.length === 0 ? value : withValue(present, rest, value);
  return { ...Object.fromEntries(members), [key]: inner };
}

function valueOf(text: string): unknown {
  return /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(text) ? JSON.parse(text) : text;
}
