import type { Workspace } from "../estate/workspace.ts";
import { familyIdOf, hexOf } from "../seed/derived-ids.ts";

/** One thing that a workspace still holds, whatever the services' answers say of it. */
export type RemainingAsset = { readonly kind: string; readonly id: string; readonly name: string };

/**
 * Everything a workspace holds now: the truth against which a test checks what was claimed. Families stand
 * for their versions. Id is that by which the asset is deleted.
 */
export function remainingAssets(workspace: Workspace, nowMs: number): RemainingAsset[] {
  const { removals, seed, key } = workspace;
  const families = (kind: string, shelf: Workspace["datasets"]) =>
    [...shelf]
      .filter(({ isLatest, familyId }) => isLatest && !removals.isGone("family", familyId, nowMs))
      .map(({ familyId, name }) => ({ kind, id: familyId, name }));
  const services = workspace.webServices.filter(
    ({ id }) => !removals.isGone("web-service", id, nowMs),
  );
  return [
    ...families("dataset", workspace.datasets),
    ...families("trained-model", workspace.models),
    ...families("transform", workspace.transforms),
    ...remainingExperiments(workspace, nowMs),
    ...(seed.projects ?? [])
      .map(({ key: project, name }) => ({
        kind: "project",
        id: hexOf(`project:${key}:${project}`),
        name,
      }))
      .filter(({ id }) => !removals.isGone("project", id, nowMs)),
    ...(seed.gateways ?? [])
      .map(({ name }) => ({ kind: "gateway", id: name, name }))
      .filter(({ id }) => !removals.isGone("gateway", id, nowMs)),
    ...(seed.modules ?? []).map(({ key: module, name }) => ({
      kind: "custom-module",
      id: familyIdOf(key, module),
      name,
    })),
    ...(seed.notebooks ?? []).map(({ key: notebook, name }) => ({
      kind: "notebook",
      id: familyIdOf(key, notebook),
      name,
    })),
    ...services.map(({ id, name }) => ({ kind: "web-service", id, name })),
    ...services.flatMap(({ id, endpoints }) =>
      endpoints
        .filter((endpoint) => !removals.isGone("endpoint", endpoint.id, nowMs))
        .map(({ name }) => ({ kind: "web-service-endpoint", id: `${id}/${name}`, name })),
    ),
    ...workspace.armServices
      .filter(({ id }) => !removals.isGone("arm-web-service", id, nowMs))
      .map(({ id, name }) => ({ kind: "arm-web-service", id, name })),
    ...workspace.plans
      .filter(({ id }) => !removals.isGone("commitment-plan", id, nowMs))
      .map(({ id, name }) => ({ kind: "commitment-plan", id, name })),
  ];
}

/** A head, or the run history that a delete without its flag left behind. */
function remainingExperiments({ experiments, removals }: Workspace, nowMs: number) {
  return experiments.flatMap(({ id, seed }): RemainingAsset[] => {
    if (!removals.isGone("experiment", id, nowMs)) {
      return [{ kind: "experiment", id, name: seed.name }];
    }
    const isHistoryGone = seed.status === "InDraft" || removals.isGone("runs", id, nowMs);
    return isHistoryGone ? [] : [{ kind: "run-history", id, name: seed.name }];
  });
}
