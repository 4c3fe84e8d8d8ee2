import type { Planter } from "../estate/planted-secrets.ts";
import type { Experiment } from "../estate/workspace.ts";
import { runIdOf } from "../seed/derived-ids.ts";
import { wireGraph } from "./graph-wire.ts";
import { wireNodeStatuses } from "./node-status-wire.ts";
import type { StudioCall } from "./studio-context.ts";
import { wireDate } from "./wire-json.ts";

/** The head of an experiment, or one of its older runs. */
export type ExperimentView = {
  readonly experiment: Experiment;
  /** Position in `runTimesMs`; the last one is the head. */
  readonly run: number;
  /** A run as it was left, the head's own included; else the live head. */
  readonly isFrozen: boolean;
};

/** Position of the run of the head. */
export function lastRun({ runTimesMs }: Experiment): number {
  return runTimesMs.length - 1;
}

/** Id under which the view is read: the `f-id` of the head or the `s-id` of a run. */
export function viewId(view: ExperimentView, workspaceId: string): string {
  return view.isFrozen ? runId(view, workspaceId) : view.experiment.id;
}

/** Entity tag in the manner of Azure Tables. */
export function etagOf(view: ExperimentView): string {
  const stamp = new Date(runTimeMs(view)).toISOString().slice(0, 19);
  return `W/"datetime'${encodeURIComponent(stamp)}.1234567Z'"`;
}

/** An item of the experiment list. */
export function wireSummary(view: ExperimentView, call: StudioCall): Record<string, unknown> {
  const { experiment } = view;
  const workspaceId = call.workspace.id;
  return {
    ExperimentId: viewId(view, workspaceId),
    Description: experiment.seed.name,
    Etag: etagOf(view),
    Creator: experiment.creator,
    IsArchived: experiment.seed.archived ?? false,
    JobId: null,
    VersionId: null,
    RunId: hasRun(view) ? runId(view, workspaceId) : null,
    ParentExperimentId: parentId(view, workspaceId),
    IsLeaf: !view.isFrozen,
    DisableNodesUpdate: null,
    OriginalExperimentDocumentationLink: null,
    Summary: call.plant("experiment.Summary", experiment.seed.summary ?? ""),
    Category: "user",
    Tags: experiment.seed.tags ?? [],
    Status: wireStatus(view),
  };
}

/** The whole experiment with its graph: what an export keeps byte for byte. */
export function wireExperiment(view: ExperimentView, call: StudioCall): Record<string, unknown> {
  const { experiment } = view;
  const workspaceId = call.workspace.id;
  return {
    ExperimentId: viewId(view, workspaceId),
    RunId: hasRun(view) ? runId(view, workspaceId) : null,
    ParentExperimentId: parentId(view, workspaceId),
    OriginalExperimentDocumentationLink: null,
    Summary: call.plant("experiment.Summary", experiment.seed.summary ?? ""),
    Description: experiment.seed.name,
    Graph: wireGraph(experiment, call.plant),
    Status: wireStatus(view),
    Etag: etagOf(view),
    NodeStatuses: wireNodeStatuses(experiment, wireStatus(view), call),
    Creator: experiment.creator,
    IsLeaf: !view.isFrozen,
    DisableNodesUpdate: null,
    WebService: wireWebService(experiment, call),
    Category: "user",
    Tags: experiment.seed.tags ?? [],
    IsPartialRun: false,
  };
}

/** State of a run or of one of its nodes. */
export type WireStatus = {
  readonly StatusCode: string;
  readonly StatusDetail: string | null;
  readonly CreationTime: string;
  readonly StartTime: string | null;
  readonly EndTime: string | null;
  readonly Metadata: unknown;
};

const START_DELAY_MS = 4_000;
const RUN_LENGTH_MS = 29 * 60_000;

function wireStatus(view: ExperimentView): WireStatus {
  const isLast = view.run === lastRun(view.experiment);
  const status = isLast ? view.experiment.seed.status : "Finished";
  const savedMs = runTimeMs(view);
  const isOver = status !== "InDraft" && status !== "Running";
  return {
    StatusCode: status,
    StatusDetail: "None",
    CreationTime: wireDate(savedMs),
    StartTime: status === "InDraft" ? null : wireDate(savedMs + START_DELAY_MS),
    EndTime: isOver ? wireDate(savedMs + RUN_LENGTH_MS) : null,
    Metadata: null,
  };
}

/** Present on every experiment; a predictive one names the web service deployed from it. */
function wireWebService(experiment: Experiment, call: StudioCall): Record<string, unknown> {
  const service = call.workspace.webServices.find(({ name }) => name === experiment.seed.name);
  return {
    IsWebServiceExperiment: service !== undefined,
    Inputs: [],
    Outputs: [],
    Parameters: wireParameters(call.plant),
    WebServiceGroupId: service?.id ?? null,
    ModelPackageId: null,
    RunId: null,
    SerializedClientData: call.plant("experiment.WebService.SerializedClientData", null),
    ArmWebServiceId: null,
  };
}

/** Only what is planted: the seeded services take no parameters. */
function wireParameters(plant: Planter): Record<string, unknown>[] {
  const value = plant("experiment.WebService.Value", null);
  if (value === null) return [];
  const defaultValue = plant("experiment.WebService.DefaultValue", null);
  const definition = { Name: "Database password", DefaultValue: defaultValue, IsOptional: false };
  return [{ Name: "Database password", Value: value, ParameterDefinition: definition }];
}

/** Whether it ever ran: a draft only has the time it was saved. */
export function hasRun({ experiment }: Pick<ExperimentView, "experiment">): boolean {
  return experiment.seed.status !== "InDraft";
}

/** The `s-id` of a run. */
export function runId(view: Run, workspaceId: string): string {
  return runIdOf(workspaceId, view.experiment.hex, runTimeMs(view));
}

type Run = Pick<ExperimentView, "experiment" | "run">;

function parentId({ experiment, run }: Run, workspaceId: string): string | null {
  return run === 0 ? null : runId({ experiment, run: run - 1 }, workspaceId);
}

function runTimeMs({ experiment, run }: Run): number {
  return experiment.runTimesMs[run] ?? 0;
}
