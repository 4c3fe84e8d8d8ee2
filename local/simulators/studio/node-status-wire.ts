import type { Experiment, GraphNode, OutputPort, StoredBlob } from "../estate/workspace.ts";
import { linkEndpoint } from "../storage/links.ts";
import type { WireStatus } from "./experiment-wire.ts";
import type { StudioCall } from "./studio-context.ts";

/** State, logs and outputs of each node; a draft has none. */
export function wireNodeStatuses(
  experiment: Experiment,
  runStatus: WireStatus,
  call: StudioCall,
): Record<string, unknown>[] {
  if (runStatus.StatusCode === "InDraft") return [];
  return experiment.nodes.map((node, index) => {
    const isLast = index === experiment.nodes.length - 1;
    // All nodes but the last are over, whatever became of the run.
    const code = isLast ? runStatus.StatusCode : "Finished";
    return wireNodeStatus(node, { ...runStatus, StatusCode: code }, call);
  });
}

function wireNodeStatus(
  node: GraphNode,
  status: WireStatus,
  call: StudioCall,
): Record<string, unknown> {
  const { linkTerms, context } = call;
  const outputs = status.StatusCode === "Finished" ? node.outputs : [];
  const log = linkEndpoint(node.log, linkTerms);
  // A result taken from the cache has no log.
  const isCached = node.module === "select" && status.StatusCode === "Finished";
  return {
    NodeId: node.id,
    Status: {
      ...status,
      StatusDetail: isCached ? "Task output was present in output cache" : status.StatusDetail,
      Metadata: Object.fromEntries(outputs.map(metadataOf)),
    },
    StandardErrorEndpoint: status.StatusCode === "Failed" ? log : null,
    StandardOutEndpoint: status.StatusCode === "Finished" && !isCached ? log : null,
    OutputEndpoints:
      context.switches.current.promotedOutput === "null"
        ? null
        : outputs.map(({ blob, name }) => linkEndpoint(blob, linkTerms, name)),
    MetadataOutputEndpoints: Object.fromEntries(
      outputs.map((port) => [
        port.name,
        descriptionsOf(port).map(([key, blob]) => ({
          Key: key,
          Value: linkEndpoint(blob, linkTerms, undefined, -1),
        })),
      ]),
    ),
  };
}

function metadataOf(port: OutputPort): [string, unknown] {
  return [port.name, descriptionsOf(port).map(([key, { path }]) => ({ Name: key, Value: path }))];
}

function descriptionsOf(port: OutputPort): readonly (readonly [string, StoredBlob])[] {
  return [
    ["visualization", port.visualization],
    ["schema", port.schema],
    ["runtimeinfo", port.runtimeInfo],
  ];
}
