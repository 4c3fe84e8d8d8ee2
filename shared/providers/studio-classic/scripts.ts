import type { GraphNode } from "./experiment-shape.ts";

/** A script that a node holds as a parameter, with a name for its file. */
export type Script = { readonly name: string; readonly text: string };

/** Parameters that hold scripts and queries, by the names of the service's own modules. */
const SCRIPT_PARAMETER = /script|query/i;

/** The language of a script, by the names of its parameter and its module. */
const EXTENSIONS: readonly (readonly [RegExp, string])[] = [
  [/python/i, ".py"],
  [/sql|quer(?:y|ies)|hive/i, ".sql"],
  [/\br\b/i, ".R"],
];

/** The scripts of a node. A single word is none: it chooses between ways. */
export function scriptsOf({ ModuleParameters }: GraphNode, moduleName: string): readonly Script[] {
  return ModuleParameters.flatMap(({ Name, Value }) =>
    SCRIPT_PARAMETER.test(Name) && typeof Value === "string" && /\S\s+\S/.test(Value)
      ? [{ name: Name + extensionOf(`${Name} ${moduleName}`), text: Value }]
      : [],
  );
}

function extensionOf(names: string): string {
  return EXTENSIONS.find(([language]) => language.test(names))?.[1] ?? ".txt";
}
