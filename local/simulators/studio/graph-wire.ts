import type { Experiment, GraphNode, InputPort } from "../estate/workspace.ts";

const RUNTIME = { Language: "DotNet", Version: "4.5.0" };

/** The `Graph` of an experiment. Edges from assets are not among its edges but stand on the input ports. */
export function wireGraph(experiment: Experiment): Record<string, unknown> {
  return {
    ModuleNodes: experiment.nodes.map(wireNode),
    SerializedClientData: wireDrawing(experiment),
    PublishInfo: null,
    Parameters: null,
    EdgesInternal: experiment.edges.map(({ sourcePortId, targetPortId }) => ({
      SourceOutputPortId: sourcePortId,
      DestinationInputPortId: targetPortId,
      DestinationInputPortIndex: 0,
    })),
  };
}

function wireNode(node: GraphNode): Record<string, unknown> {
  return {
    Id: node.id,
    ModuleId: node.moduleId,
    Comment: node.comment,
    CommentCollapsed: true,
    ...RUNTIME,
    UsePreviousResults: true,
    ModuleParameters: node.parameters.map(([name, value]) => ({
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
function wireDrawing(experiment: Experiment): string {
  const ids = [...experiment.nodes.map(({ id }) => id), ...experiment.assetNodeIds];
  const positions = ids.map(
    (id, index) => `<NodePosition Node='${id}' Position='400,${10 + 110 * index},200,200'/>`,
  );
  return (
    "<?xml version='1.0' encoding='utf-16'?>" +
    "<DataV1 xmlns:xsd='http://www.w3.org/2001/XMLSchema' " +
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>" +
    `<Meta /><NodePositions>${positions.join("")}</NodePositions><NodeGroups /></DataV1>`
  );
}
