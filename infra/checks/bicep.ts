import { createRequire } from "node:module";
import { Language, type Node, Parser } from "web-tree-sitter";
import type { Sources } from "./sources.ts";

/** Bicep files as syntax trees: the grammar is tree-sitter's, so that no Bicep CLI is needed. */

/** The parsed files, by path. */
export type Trees = ReadonlyMap<string, Node>;

/** Parses every Bicep file. */
export async function parseBicep(sources: Sources): Promise<Trees> {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve(
    "tree-sitter-bicep/tree-sitter-bicep.wasm",
  );
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  const files = Object.keys(sources).filter((path) => path.endsWith(".bicep"));
  return new Map(
    files.map((path) => {
      const tree = parser.parse(sources[path] ?? "");
      if (tree === null) throw new Error(`${path} was not parsed`);
      return [path, tree.rootNode];
    }),
  );
}

/** Every place that the grammar does not understand, and every module that is not a file of ours. */
export function syntaxProblems(trees: Trees): string[] {
  return [...trees].flatMap(([path, tree]) => [
    ...nodesOf(tree)
      .filter((node) => node.isError || node.isMissing)
      .map(({ startPosition: { row } }) => `${path}:${row + 1}: not Bicep`),
    ...modulesOf(tree).flatMap((module) => {
      const file = new URL(module, `file:///${path}`).pathname.slice(1);
      return trees.has(file) ? [] : [`${path}: the module ${module} is not a file here`];
    }),
  ]);
}

/** The node and all below it. */
export function nodesOf(node: Node): Node[] {
  return [node, ...node.children.flatMap((child) => (child === null ? [] : nodesOf(child)))];
}

/** The members of an object by their names; values are nodes. */
export function membersOf(object: Node): Map<string, Node> {
  const members = object.namedChildren.filter((child) => child?.type === "object_property");
  return new Map(
    members.flatMap((member) => {
      const [name, value] = member?.namedChildren ?? [];
      return name && value ? [[plain(name), value] as const] : [];
    }),
  );
}

/** The value of `var <name> = ...`. Throws when there is none in the file. */
export function variableOf(trees: Trees, path: string, name: string): Node {
  const declared = nodesOf(treeOf(trees, path)).find(
    (node) => node.type === "variable_declaration" && node.namedChildren[0]?.text === name,
  );
  const value = declared?.namedChildren[1];
  if (!value) throw new Error(`${path} has no variable ${name}`);
  return value;
}

/** The strings of an array. */
export function stringsOf(array: Node): string[] {
  return array.namedChildren.flatMap((child) => (child?.type === "string" ? [plain(child)] : []));
}

/** Objects of strings, such as the rows of a table. */
export function rowsOf(array: Node): Record<string, string>[] {
  return array.namedChildren
    .filter((child) => child?.type === "object")
    .map((row) =>
      row === null
        ? {}
        : Object.fromEntries([...membersOf(row)].map(([name, value]) => [name, plain(value)])),
    );
}

/** The resources of a file: their types without the version, and the objects that describe them. */
export function resourcesOf(tree: Node): { type: string; body: Node; isExisting: boolean }[] {
  return nodesOf(tree)
    .filter((node) => node.type === "resource_declaration")
    .flatMap((node) => {
      const [, type] = node.namedChildren;
      const body = nodesOf(node).find((child) => child.type === "object");
      const isExisting = /^resource \S+ '[^']*' existing/.test(node.text);
      return type && body ? [{ type: plain(type).split("@")[0] ?? "", body, isExisting }] : [];
    });
}

/** A string without its quotes; other text as it is. */
export function plain(node: Node): string {
  return node.text.replace(/^'|'$/g, "");
}

function modulesOf(tree: Node): string[] {
  return nodesOf(tree)
    .filter((node) => node.type === "module_declaration")
    .flatMap(({ namedChildren: [, file] }) => (file ? [plain(file)] : []));
}

function treeOf(trees: Trees, path: string): Node {
  const tree = trees.get(path);
  if (tree === undefined) throw new Error(`${path} is missing`);
  return tree;
}
