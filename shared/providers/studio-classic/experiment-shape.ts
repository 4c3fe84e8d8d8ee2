import { z } from "zod";
import { downloadLocationSchema, listOf } from "./shapes.ts";

/** The parts of an experiment's document that are read. All of it is exported as received. */

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

/** A module in the graph. Parameters hold scripts; input ports name the assets that feed it. */
const nodeSchema = z.object({
  Id: z.string(),
  ModuleId: text,
  Comment: text,
  ModuleParameters: listOf(z.object({ Name: text, Value: z.unknown() })),
  InputPortsInternal: listOf(
    z.object({ DataSourceId: text, TrainedModelId: text, TransformModuleId: text }),
  ),
  OutputPortsInternal: listOf(z.object({ Name: text })),
});
export type GraphNode = z.output<typeof nodeSchema>;

/** What became of a module in a run. Endpoints are null when there is nothing, or nothing any more. */
const nodeStatusSchema = z.object({
  NodeId: z.string(),
  Status: z.object({ StatusCode: text }).nullish(),
  StandardErrorEndpoint: downloadLocationSchema.nullish(),
  StandardOutEndpoint: downloadLocationSchema.nullish(),
  OutputEndpoints: z.array(downloadLocationSchema.nullable()).nullish(),
  MetadataOutputEndpoints: z
    .record(z.string(), listOf(z.object({ Key: text, Value: downloadLocationSchema.nullish() })))
    .nullish(),
});
export type NodeStatus = z.output<typeof nodeStatusSchema>;

/** An experiment: its live head, or the snapshot of a run. */
export const experimentSchema = z.object({
  /** The classic web service that it was deployed as. */
  WebService: z.object({ WebServiceGroupId: text }).nullish(),
  RunId: text,
  ParentExperimentId: text,
  Status: z.object({ StatusCode: text }).nullish(),
  Graph: z.object({ ModuleNodes: listOf(nodeSchema) }).nullish(),
  NodeStatuses: listOf(nodeStatusSchema),
});
export type Experiment = z.output<typeof experimentSchema>;
