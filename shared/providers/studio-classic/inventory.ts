import type { Asset } from "../../core/asset.ts";
import type { OwnedAsset } from "../../pipeline/ports.ts";
import { asset, digestOf, isOwn } from "./assets.ts";
import type { ContentList } from "./client.ts";
import type { Dataset, ExperimentSummary } from "./shapes.ts";
import type { Source } from "./source.ts";
import { whileFresh } from "./web-service-files.ts";

/** Every asset of the workspace that is the user's, each once, by kind in the order of the registry. */
export async function* inventory(source: Source): AsyncGenerator<OwnedAsset> {
  const seen = new Set<string>();
  for (const list of [account, projects, contents, modules, experiments, others, services, arm]) {
    for await (const found of list(source)) {
      const key = `${found.kind} ${found.sourceId}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield found;
    }
  }
}

async function* account({ ask, workspace }: Source): AsyncGenerator<OwnedAsset> {
  const { workspaceId } = workspace;
  const settings = await ask((client, access) => client.settings(access));
  yield asset("workspace-settings", {
    sourceId: workspaceId,
    name: settings.value.FriendlyName,
    version: digestOf(settings.text),
    createdAt: settings.value.CreatedTime,
  });
  const users = await ask((client, access) => client.users(access));
  yield asset("users", { sourceId: workspaceId, name: "Users", version: digestOf(users.text) });
}

async function* projects({ ask }: Source): AsyncGenerator<OwnedAsset> {
  for (const { text, value } of await ask((client, access) =>
    client.documents(access, "projects"),
  )) {
    yield asset("project", {
      sourceId: value.ContainerId,
      name: value.Name,
      version: value.EntityTag || digestOf(text),
      createdAt: value.CreatedTime,
      modifiedAt: value.ChangedTime,
      owner: value.Creator,
    });
  }
}

const CONTENT_KINDS = [
  ["datasets", "dataset"],
  ["models", "trained-model"],
  ["transforms", "transform"],
] as const satisfies readonly (readonly [ContentList, Asset["kind"]])[];

async function* contents({ ask, workspace }: Source): AsyncGenerator<OwnedAsset> {
  for (const [list, kind] of CONTENT_KINDS) {
    for (const item of await ask((client, access) => client.list(access, list))) {
      if (isOwn(workspace.workspaceId, item.Id)) yield asset(kind, contentFacts(item));
    }
  }
}

/** A batch number is given once in a workspace and never again, so that it serves as a version. */
function contentFacts({ Id, Name, Batch, Size, CreatedDate, Owner }: Dataset) {
  return {
    sourceId: Id,
    name: Name,
    version: String(Batch ?? ""),
    bytes: Size,
    createdAt: CreatedDate,
    owner: Owner,
  };
}

async function* modules({ ask, workspace }: Source): AsyncGenerator<OwnedAsset> {
  for (const value of await ask((client, access) => client.list(access, "modules"))) {
    const isCustom = value.ReleaseState.toLowerCase() === "custom";
    if (!isCustom || !isOwn(workspace.workspaceId, value.Id)) continue;
    yield asset("custom-module", {
      sourceId: value.Id,
      name: value.Name,
      version: String(value.Batch ?? ""),
      createdAt: value.CreatedDate,
      owner: value.Owner,
    });
  }
}

/** A run is part of its experiment. Runs whose experiment is gone are one asset, under the newest of them. */
async function* experiments({ ask, workspace }: Source): AsyncGenerator<OwnedAsset> {
  const all = await ask((client, access) => client.list(access, "experiments"));
  const heads = new Map<string, ExperimentSummary>();
  for (const item of all) {
    if (!isOwn(workspace.workspaceId, item.ExperimentId)) continue;
    const [, , hex = ""] = item.ExperimentId.split(".");
    const known = heads.get(hex);
    if (known === undefined || isBefore(item.ExperimentId, known.ExperimentId))
      heads.set(hex, item);
  }
  for (const { ExperimentId, Description, Etag, Status, Creator } of heads.values()) {
    yield asset("experiment", {
      sourceId: ExperimentId,
      name: Description,
      version: Etag,
      createdAt: Status?.CreationTime ?? null,
      modifiedAt: Status?.EndTime ?? Status?.StartTime ?? null,
      owner: Creator,
    });
  }
}

/** A head (`f-id`) comes before runs (`s-id`), a newer run before an older: so their ids sort. */
function isBefore(id: string, other: string): boolean {
  return id < other;
}

async function* others({ ask }: Source): AsyncGenerator<OwnedAsset> {
  for (const value of await ask((client, access) => client.list(access, "notebooks"))) {
    yield asset("notebook", {
      sourceId: value.FamilyId,
      name: value.Name,
      version: value.Modified ?? "",
      createdAt: value.Created,
      modifiedAt: value.Modified,
      owner: value.Author,
    });
  }
  for (const value of await ask((client, access) => client.list(access, "gateways"))) {
    yield asset("gateway", {
      sourceId: value.GatewayName,
      name: value.GatewayName,
      // The time of the last connection is no new version.
      version: [value.CreateTime ?? "", value.Version].join(" "),
      createdAt: value.CreateTime,
    });
  }
}

async function* services(source: Source): AsyncGenerator<OwnedAsset> {
  const { ask } = source;
  for (const { text, value } of await ask((client, access) => client.webServices(access))) {
    const { Id, Name, CreationTime } = value;
    yield asset("web-service", {
      sourceId: Id,
      name: Name,
      version: digestOf(text),
      createdAt: CreationTime,
    });
    const endpoints = await whileFresh(source, CreationTime, () =>
      ask((client, access) => client.endpoints(access, Id)),
    );
    for (const endpoint of endpoints) {
      yield asset("web-service-endpoint", {
        sourceId: `${Id}/${endpoint.value.Name}`,
        name: `${Name} - ${endpoint.value.Name}`,
        version: digestOf(endpoint.text),
        createdAt: endpoint.value.CreationTime,
      });
    }
  }
  for (const { text, value } of await ask((client, access) =>
    client.documents(access, "webServiceGroups"),
  )) {
    yield asset("web-service-group", {
      sourceId: value.Id,
      name: value.Name,
      version: digestOf(text),
      createdAt: value.CreationTime,
    });
  }
}

async function* arm({ arm: resources, workspace }: Source): AsyncGenerator<OwnedAsset> {
  if (resources === null) return;
  const serviceIds = new Set<string>();
  for await (const { armId, name, createdAt, modifiedAt } of resources.webServices(workspace)) {
    serviceIds.add(armId.toLowerCase());
    const version = modifiedAt ?? "";
    yield asset("arm-web-service", { sourceId: armId, name, version, createdAt, modifiedAt });
  }
  if (serviceIds.size === 0) return;
  for await (const plan of resources.plans(workspace, serviceIds)) {
    const { armId, name, etag, createdAt } = plan;
    yield asset("commitment-plan", { sourceId: armId, name, version: etag, createdAt });
  }
}
