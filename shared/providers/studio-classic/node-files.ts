import { linkExtension } from "./content-name.ts";
import type { Experiment, GraphNode, NodeStatus } from "./experiment-shape.ts";
import { linkedFile } from "./linked-file.ts";
import { keyOf, type Part, textFile } from "./parts.ts";
import { scriptsOf } from "./scripts.ts";
import type { DownloadLocation } from "./shapes.ts";
import { readExperiment, type Source } from "./source.ts";

/** An experiment or a run, and where its files lie. */
export type View = {
  readonly id: string;
  readonly experiment: Experiment;
  readonly folder: readonly string[];
};

/** A node by its number in the graph, and where its files lie. */
type Node = { readonly id: string; readonly folder: readonly string[] };

/** Finds an endpoint in a node's status. */
type Pick = (status: NodeStatus) => DownloadLocation | null | undefined;

/**
 * What the nodes of an experiment hold and left behind, a folder each: scripts from their parameters, results,
 * previews and schemas of these, and logs. A result of a node that has finished without a link any more is missing.
 */
export async function* nodeFiles(source: Source, view: View): AsyncGenerator<Part> {
  const { experiment } = view;
  const graph = experiment.Graph?.ModuleNodes ?? [];
  const statuses = new Map(experiment.NodeStatuses.map((status) => [status.NodeId, status]));
  const moduleNames = graph.length === 0 ? new Map<string, string>() : await namesOf(source);
  for (const [index, node] of graph.entries()) {
    const label = labelOf(index, node, moduleNames);
    const place = { id: node.Id, folder: [...view.folder, "nodes", label] };
    yield* scriptFiles(source, view, node, place, moduleNames);
    const status = statuses.get(node.Id);
    statuses.delete(node.Id);
    if (status === undefined) continue;
    const ports = node.OutputPortsInternal.map(({ Name }) => Name);
    yield* statusFiles(source, view, place, status, ports);
  }
  // Nodes that were taken out of the graph after they ran.
  for (const [id, status] of statuses) {
    yield* statusFiles(source, view, { id, folder: [...view.folder, "nodes", id] }, status, []);
  }
}

/** Names of modules by their family: a node names a version that the list may not show any more. */
async function namesOf(source: Source): Promise<Map<string, string>> {
  const modules = await source.documents("modules");
  return new Map(modules.map(({ value }) => [familyOf(value.Id), value.Name]));
}

function familyOf(id: string): string {
  return id.split(".")[1]?.toLowerCase() ?? "";
}

function labelOf(
  index: number,
  { Comment, ModuleId }: GraphNode,
  names: ReadonlyMap<string, string>,
): string {
  const number = String(index + 1).padStart(2, "0");
  const name = names.get(familyOf(ModuleId)) ?? "Module";
  return [`${number} ${name}`, Comment.trim()].filter((part) => part !== "").join(" - ");
}

async function* scriptFiles(
  source: Source,
  view: View,
  node: GraphNode,
  { id, folder }: Node,
  names: ReadonlyMap<string, string>,
): AsyncGenerator<Part> {
  const scripts = scriptsOf(node, names.get(familyOf(node.ModuleId)) ?? "");
  for (const [index, { name, text }] of scripts.entries()) {
    const key = keyOf("script", view.id, id, String(index));
    yield await textFile(source, key, [...folder, name], text);
  }
}

async function* statusFiles(
  source: Source,
  view: View,
  node: Node,
  status: NodeStatus,
  ports: readonly string[],
): AsyncGenerator<Part> {
  const file = (kind: string, name: string, pick: Pick): Part[] => {
    const location = pick(status);
    if (!location) return [];
    const renew = async () => renewedIn(await readExperiment(source, view.id), node.id, pick);
    const key = keyOf("node", view.id, node.id, kind);
    const facts = { key, path: [...node.folder, name], sizeBytes: location.Size };
    return [linkedFile(source, facts, { link: { location, renew } })];
  };
  yield* file("stdout", "stdout.txt", ({ StandardOutEndpoint }) => StandardOutEndpoint);
  yield* file("stderr", "stderr.txt", ({ StandardErrorEndpoint }) => StandardErrorEndpoint);
  const outputs = status.OutputEndpoints ?? missingOutputs(status, ports);
  for (const [index, output] of outputs.entries()) {
    const port = output?.Name || ports[index] || `output ${index + 1}`;
    const pick: Pick = (other) => outputOf(other, port, index);
    if (output === null) yield { path: [...node.folder, port], reason: "asset-not-found" };
    else yield* file(`result ${index}`, port + linkExtension(output), pick);
  }
  for (const [port, described] of Object.entries(status.MetadataOutputEndpoints ?? {})) {
    for (const [index, { Key }] of described.entries()) {
      const pick: Pick = (other) => other.MetadataOutputEndpoints?.[port]?.[index]?.Value;
      yield* file(`about ${index} ${port}`, `${port}.${Key}${extensionOf(Key)}`, pick);
    }
  }
}

/** A node that has finished without links: one missing output for each of its ports. */
function missingOutputs({ Status }: NodeStatus, ports: readonly string[]): readonly null[] {
  return Status?.StatusCode === "Finished" ? ports.map(() => null) : [];
}

function renewedIn(
  { value }: { readonly value: Experiment },
  nodeId: string,
  pick: Pick,
): DownloadLocation | null {
  const status = value.NodeStatuses.find(({ NodeId }) => NodeId === nodeId);
  return status === undefined ? null : (pick(status) ?? null);
}

function outputOf({ OutputEndpoints }: NodeStatus, port: string, index: number) {
  const named = OutputEndpoints?.find((endpoint) => endpoint?.Name === port);
  return named ?? OutputEndpoints?.[index];
}

/** Previews and schemas are JSON; of other descriptions nobody recorded the format. */
function extensionOf(key: string): string {
  return key === "visualization" || key === "schema" ? ".json" : ".txt";
}
