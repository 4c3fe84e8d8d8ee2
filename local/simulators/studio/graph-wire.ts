import { type Planter, plantedParameters } from "../estate/planted-secrets.ts";
import type { Experiment, GraphNode, InputPort } from "../estate/workspace.ts";

const RUNTIME = { Language: "DotNet", Version: "4.5.0" };

/** The `Graph` of an experiment. Edges from assets are not among its edges but stand on the input ports. */
export function wireGraph(experiment: Experiment, plant: Planter): Record<string, unknown> {
  return {
    ModuleNodes: experiment.nodes.map((node, index) => wireNode(node, index === 0, plant)),
    SerializedClientData: wireDrawing(experiment, plant),
    PublishInfo: null,
    Parameters: null,
    EdgesInternal: experiment.edges.map(({ sourcePortId, targetPortId }) => ({
      SourceOutputPortId: sourcePortId,
      DestinationInputPortId: targetPortId,
      DestinationInputPortIndex: 0,
    })),
  };
}

/** What is planted lies in the first node. */
function wireNode(node: GraphNode, isFirst: boolean, plant: Planter): Record<string, unknown> {
  const planted = isFirst ? plantedParameters(plant) : [];
  return {
    Id: node.id,
    ModuleId: node.moduleId,
    Comment: isFirst ? plant("node.Comment", node.comment) : node.comment,
    CommentCollapsed: true,
    ...RUNTIME,
    UsePreviousResults: true,
    ModuleParameters: [...node.parameters, ...planted].map(([name, value]) => ({
      ValueType: "Literal",
      LinkedGlobalParameter: null,
      Name: name,
      Value: value,
    })),
    IsPartOfPartialRun: false,
    InputPortsInternal: node.inputs.map((port, index) => wireInput(port, index, node.id)),
    OutputPortsInternal: node.outputs.map(({ name, isModel }) => ({
      Name: name,
      NodeId: node.id,
      OutputType: isModel ? "TrainedModel" : null,
    })),
  };
}

function wireInput(port: InputPort, index: number, nodeId: string): Record<string, unknown> {
  return {
    Name: port.name,
    DataSourceId: port.datasetId,
    TrainedModelId: port.modelId,
    TransformModuleId: null,
    ...RUNTIME,
    PortIndex: index,
    NodeId: nodeId,
  };
}

/** Where the web interface drew the nodes: XML with single quotes, modules first, then assets. */
function wireDrawing(experiment: Experiment, plant: Planter): string {
  const note = plant("experiment.SerializedClientData", null);
  const ids = [...experiment.nodes.map(({ id }) => id), ...experiment.assetNodeIds];
  const positions = ids.map(
    (id, index) => `<NodePosition Node='${id}' Position='400,${10 + 110 * index},200,200'/>`,
  );
  return (
    "<?xml version='1.0' encoding='utf-16'?>" +
    "<DataV1 xmlns:xsd='http://www.w3.org/2001/XMLSchema' " +
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>" +
    `${note === null ? "<Meta />" : `<Meta Note='${note}' />`}<NodePositions>${positions.join("")}</NodePositions><NodeGroups /></DataV1>`
  );
}
