import { globSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The texts that the checks compare, by their path from the root; a test changes one to seed a fault. */
export type Sources = Readonly<Record<string, string>>;

const root = fileURLToPath(new URL("../../", import.meta.url));
const PATTERNS = [
  "infra/**/*.{bicep,json,sh}",
  "{azure.yaml,host.json,local.settings.json}",
  "local/service-bus/config.json",
  "shared/{config,context}.ts",
  "shared/context/*.ts",
  "functions/main.ts",
  "docs/{settings,operations}.md",
];

/** Reads what the checks compare. */
export function readSources(): Sources {
  const files = globSync(PATTERNS, { cwd: root }).map((file) => relative(".", file));
  return Object.fromEntries(files.map((file) => [file, readFileSync(`${root}${file}`, "utf8")]));
}

/** One text. Throws when there is none. */
export function textOf(sources: Sources, path: string): string {
  const text = sources[path];
  if (text === undefined) throw new Error(`${path} is missing`);
  return text;
}

/** One text as JSON; the caller says what shape it has. */
export function jsonOf(sources: Sources, path: string): unknown {
  return JSON.parse(textOf(sources, path));
}

/** What is in one list and not in the other, as sentences. */
export function differences(
  [here, left]: readonly [string, Iterable<string>],
  [there, right]: readonly [string, Iterable<string>],
): string[] {
  const ours = new Set(left);
  const theirs = new Set(right);
  const beyond = (some: ReadonlySet<string>, others: ReadonlySet<string>) =>
    [...some].filter((name) => !others.has(name));
  return [
    ...beyond(ours, theirs).map((name) => `${name} is in ${here}, but not in ${there}`),
    ...beyond(theirs, ours).map((name) => `${name} is in ${there}, but not in ${here}`),
  ];
}
