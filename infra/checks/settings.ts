import { settingsSchema } from "../../shared/config.ts";
import { membersOf, type Trees, variableOf } from "./bicep.ts";
import { differences, jsonOf, type Sources, textOf } from "./sources.ts";

/** Settings: from the schema to the local file, to Bicep and to docs/settings.md. */

/** One setting as the schema has it. `fallback` is null when there is no default. */
export type Setting = {
  readonly name: string;
  readonly isRequired: boolean;
  readonly fallback: string | null;
  readonly about: string;
};

const APP = "infra/modules/app.bicep";
const DEFAULTS = "infra/settings.json";
const LOCAL = "local.settings.json";
const DOCS = "docs/settings.md";

/** What the host, the worker or the local identity reads; the app itself does not. */
const HOST_SETTINGS =
  /^(AzureWebJobs|FUNCTIONS_|ServiceBus__c|APPLICATIONINSIGHTS_AUTHENTICATION_STRING|IDENTITY_)/;
/** One of two: the local broker's connection string stands for the namespace. */
const LOCAL_ONLY = new Set(["ServiceBus"]);

/** Every setting of the schema, in its order. */
export function settingsOf(sources: Sources): readonly Setting[] {
  const about = commentsOf(textOf(sources, "shared/config.ts"));
  return Object.entries(settingsSchema.shape).map(([name, schema]) => ({
    name,
    isRequired: !schema.safeParse(undefined).success,
    fallback: defaultOf(schema),
    about: about.get(name) ?? "",
  }));
}

/** The defaults of all settings that Bicep does not set from its own resources: `infra/settings.json`. */
export function defaultsText(sources: Sources, trees: Trees): string {
  const wired = wiredOf(trees);
  const entries = settingsOf(sources).flatMap(({ name, fallback }) =>
    fallback === null || wired.has(name) ? [] : [[name, fallback]],
  );
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

/** `docs/settings.md`: where each setting comes from, here and on Azure. */
export function docsText(sources: Sources, trees: Trees): string {
  const wired = wiredOf(trees);
  const local = localOf(sources);
  const rows = settingsOf(sources).map(({ name, isRequired, fallback, about }) => {
    const start = isRequired ? "required" : fallback === null ? "optional" : brief(fallback);
    const here = local[name] === undefined ? "" : code(shown(name, local[name]));
    const there = wired.get(name);
    const azure =
      there !== undefined
        ? `\`app.bicep\`: ${code(there)}`
        : fallback === null
          ? "`settings` parameter"
          : "`settings.json`";
    return [code(name), about, start, here, LOCAL_ONLY.has(name) ? "not used" : azure];
  });
  return `${HEAD}\n\n${tableOf([["setting", "what it is", "default", "`local.settings.json`", "Azure"], ...rows])}\n`;
}

const HEAD = `# Settings

Made from \`shared/config.ts\` by \`npm run settings\`; \`npm run check\` compares. The app reads these and no others; one that is missing or wrong stops the start, and all that are wrong are named at once.

On Azure, \`infra/modules/app.bicep\` sets what comes from the deployment, and \`infra/settings.json\` has the rest at its default. Other values go into the parameter \`settings\` of \`infra/main.bicep\`. \`npm run stack\` writes the settings for this machine to \`.local/settings.json\`; \`local.settings.json\` is right for its default ports.`;

/** Every way in which a setting is lost between schema, local file, Bicep and documentation. */
export function settingsProblems(sources: Sources, trees: Trees): string[] {
  const settings = settingsOf(sources);
  const known = new Set(settings.map(({ name }) => name));
  const wired = new Set(wiredOf(trees).keys());
  const defaults = Object.keys(jsonOf(sources, DEFAULTS) as Record<string, string>);
  const required = settings.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const set = new Set([...wired, ...defaults]);
  const local = Object.keys(localOf(sources));
  const hasDefault = settings.filter(({ fallback }) => fallback !== null).map(({ name }) => name);
  return [
    ...required.filter((name) => !set.has(name)).map((name) => `${APP} does not set ${name}`),
    ...hasDefault
      .filter((name) => !set.has(name))
      .map((name) => `${name} is not in ${DEFAULTS}: run npm run settings`),
    ...[...wired, ...defaults].flatMap((name) =>
      known.has(name) ? [] : [`${name} is set on Azure, but shared/config.ts does not read it`],
    ),
    ...required.filter((name) => !local.includes(name)).map((name) => `${LOCAL} lacks ${name}`),
    ...local
      .filter((name) => !known.has(name) && !HOST_SETTINGS.test(name))
      .map((name) => `${name} is in ${LOCAL}, but shared/config.ts does not read it`),
    ...settings.filter(({ about }) => about === "").map(({ name }) => `${name} has no comment`),
    ...generated(sources, DEFAULTS, defaultsText(sources, trees)),
    ...generated(sources, DOCS, docsText(sources, trees)),
    ...differences(
      ["FUNCTION_GROUPS", groupsOf(settings)],
      [
        "infra/main.bicep",
        variableOf(trees, "infra/main.bicep", "groups").text.match(/\w+/g) ?? [],
      ],
    ),
  ];
}

function groupsOf(settings: readonly Setting[]): string[] {
  return settings.find(({ name }) => name === "FUNCTION_GROUPS")?.fallback?.split(",") ?? [];
}

function generated(sources: Sources, path: string, text: string): string[] {
  return sources[path] === text ? [] : [`${path} is out of date: run npm run settings`];
}

/** What `app.bicep` sets from resources and parameters, as it is written there. */
function wiredOf(trees: Trees): Map<string, string> {
  const members = membersOf(variableOf(trees, APP, "wired"));
  return new Map([...members].map(([name, value]) => [name, value.text]));
}

function localOf(sources: Sources): Record<string, string> {
  return (jsonOf(sources, LOCAL) as { Values: Record<string, string> }).Values;
}

type Wrapped = { def: { type: string; innerType?: unknown; in?: unknown; defaultValue?: unknown } };

/** The default as a setting would be written, through what wraps it. */
function defaultOf(schema: unknown): string | null {
  const { def } = schema as Wrapped;
  if (def.type === "default" || def.type === "prefault") return String(def.defaultValue);
  if (def.type === "pipe") return defaultOf(def.in);
  return null;
}

/** The comment above each setting; one comment holds for the settings that follow it, too. */
function commentsOf(text: string): Map<string, string> {
  const body = text.slice(text.indexOf("settingsSchema = z.object({"));
  const found = new Map<string, string>();
  let about = "";
  for (const [, comment, name] of body.matchAll(/\/\*\*([\s\S]*?)\*\/|^ {2}(\w+): /gm)) {
    if (comment !== undefined) about = comment.replace(/\s*\n\s*\*\s*/g, " ").trim();
    else if (name !== undefined) found.set(name, about);
  }
  return found;
}

/** Nothing that looks like a key belongs in a document, not even a made-up one. */
function shown(name: string, value: string): string {
  return name === "ServiceBus" ? "Endpoint=sb://127.0.0.1:5672;..." : value;
}

/** A list that is too long for a table is in the file of defaults. */
function brief(fallback: string): string {
  return fallback.length > 60 ? "in `infra/settings.json`" : code(fallback);
}

function code(text: string): string {
  return text === "" ? "(empty)" : `\`${text.replaceAll("|", "\\|")}\``;
}

/** A Markdown table, padded as the formatter wants it. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lineOf = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [head = [], ...rest] = rows;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lineOf(head), rule, ...rest.map(lineOf)].join("\n");
}
