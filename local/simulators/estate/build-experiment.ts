import {
  credentialOf,
  GLOBAL_WORKSPACE_ID,
  guidOf,
  hexOf,
  resourceIdOf,
} from "../seed/derived-ids.ts";
import { MODULE_CATALOGUE, type ModuleName } from "../seed/module-catalogue.ts";
import type { SeedExperiment } from "../seed/seed-types.ts";
import { seedTimeMs } from "../seed/seed-workspaces.ts";
import {
  storedLog,
  storedOutput,
  storedRuntimeInfo,
  storedSchema,
  storedVisualization,
} from "./build-blobs.ts";
import type { Experiment, GraphEdge, GraphNode, InputPort, OutputPort } from "./workspace.ts";

/** What an experiment needs to know of the workspace it is built in. */
export type ExperimentSite = {
  readonly workspaceKey: string;
  readonly workspaceId: string;
  readonly storageAccount: string;
  readonly ownerName: string;
  readonly startedAtMs: number;
  /** Resource id of the newest version. Both throw for an unknown key. */
  readonly datasetId: (key: string) => string;
  readonly modelId: (key: string) => string;
};

/** Batch of the built-in modules that experiments refer to. */
export const MODULE_BATCH = 1630;

const MODEL_PORT = "Trained model";

type Attached = { readonly kind: "dataset" | "model"; readonly id: string };

/**
 * Draws an experiment: its modules in a chain, each fed by the data sets and models named right before
 * it, or else by the module before it.
 */
export function buildExperiment(seed: SeedExperiment, site: ExperimentSite): Experiment {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const assetNodeIds: string[] = [];
  let attached: Attached[] = [];
  for (const step of seed.nodes) {
    const asset = toAttached(step, site);
    if (asset !== null) {
      attached.push(asset);
      assetNodeIds.push(asset.id);
      continue;
    }
    const module = step as ModuleName; // `toAttached` takes every other form
    const node = buildNode(module, nodes.length, attached, seed, site);
    const source = nodes.at(-1);
    const input = node.inputs[0];
    if (attached.length === 0 && source?.outputs[0] !== undefined && input !== undefined) {
      edges.push({
        sourcePortId: `${source.id}:${source.outputs[0].name}`,
        targetPortId: `${node.id}:${input.name}`,
      });
    }
    nodes.push(node);
    attached = [];
  }
  const hex = hexOf(`exp:${site.workspaceKey}:${seed.key}`);
  return {
    seed,
    id: `${site.workspaceId}.f-id.${hex}`,
    hex,
    creator: site.ownerName,
    runTimesMs: [...(seed.olderRuns ?? []), seed.lastRun].map((time) =>
      seedTimeMs(time, site.startedAtMs),
    ),
    nodes,
    edges,
    assetNodeIds,
  };
}

function toAttached(step: string, site: ExperimentSite): Attached | null {
  const [kind, key = ""] = step.split(":");
  if (kind === "in") return { kind: "dataset", id: site.datasetId(key) };
  if (kind === "model") return { kind: "model", id: site.modelId(key) };
  return null;
}

function buildNode(
  module: ModuleName,
  position: number,
  attached: readonly Attached[],
  experiment: SeedExperiment,
  site: ExperimentSite,
): GraphNode {
  const catalogued = MODULE_CATALOGUE[module];
  const label = `${site.workspaceKey}:${experiment.key}:${module}`;
  return {
    module,
    // The number after the GUID carries no meaning; 77 and 35 only keep the ids apart.
    id: `${guidOf(`node:${label}`)}-${77 + 35 * position}`,
    moduleId: resourceIdOf(GLOBAL_WORKSPACE_ID, catalogued.familyId, MODULE_BATCH),
    comment: experiment.comments?.[module] ?? "",
    parameters: parametersOf(module, experiment, site),
    inputs: catalogued.inputs.map((name) => toInputPort(name, attached)),
    outputs: catalogued.outputs.map((name) => toOutputPort(name, label, site)),
    log: storedLog(label, site),
  };
}

function toInputPort(name: string, attached: readonly Attached[]): InputPort {
  const model = attached.find(({ kind }) => kind === "model" && name === MODEL_PORT);
  const dataset = attached.find(({ kind }) => kind === "dataset" && name !== MODEL_PORT);
  return { name, datasetId: dataset?.id ?? null, modelId: model?.id ?? null };
}

function toOutputPort(name: string, nodeLabel: string, site: ExperimentSite): OutputPort {
  const label = `${nodeLabel}:${name}`;
  return {
    name,
    isModel: name === MODEL_PORT,
    blob: storedOutput(label, name, site),
    visualization: storedVisualization(label, site),
    schema: storedSchema(label, site),
    runtimeInfo: storedRuntimeInfo(label, site),
  };
}

/** Import and export nodes hold their credentials in clear, as the service stored them. */
function parametersOf(
  module: ModuleName,
  experiment: SeedExperiment,
  site: ExperimentSite,
): readonly (readonly [string, string])[] {
  const [first, ...rest] = MODULE_CATALOGUE[module].parameters;
  const holdsSecrets = module === "import" || module === "export";
  if (first === undefined || !holdsSecrets || experiment.secrets === undefined) {
    return MODULE_CATALOGUE[module].parameters;
  }
  const values = {
    "Account Key": credentialOf(`storagekey:${site.workspaceKey}`),
    Password: passwordOf(site.workspaceKey, experiment.key),
  };
  return [
    first,
    ["Account Name", site.storageAccount],
    ...experiment.secrets.map((name) => [name, values[name]] as const),
    ...rest,
  ];
}

/** The database password that an experiment's import or export node holds. */
export function passwordOf(workspaceKey: string, experimentKey: string): string {
  return credentialOf(`password:${workspaceKey}:${experimentKey}`);
}
