import { isOwn } from "./assets.ts";
import type { ListItems } from "./client.ts";
import { documentFile, noSuchAsset, orNull, type Part } from "./parts.ts";
import type { SmallList, Source } from "./source.ts";

/** Kinds that only their list tells of: the entry as received, and for notebooks what belongs to it. */

/** A project: its entry, which only refers to assets. */
export function projectFiles(source: Source, id: string): AsyncGenerator<Part> {
  return entryFile(source, "projects", "project.json", ({ ContainerId }) => ContainerId === id);
}

/** A custom module: its entry. */
export function moduleFiles(source: Source, id: string): AsyncGenerator<Part> {
  if (!isOwn(source.workspace.workspaceId, id)) throw noSuchAsset();
  return entryFile(source, "modules", "module.json", ({ Id }) => Id === id);
}

/** A data gateway: its entry. */
export function gatewayFiles(source: Source, name: string): AsyncGenerator<Part> {
  return entryFile(source, "gateways", "gateway.json", ({ GatewayName }) => GatewayName === name);
}

/** A web service group: its entry. */
export function groupFiles(source: Source, id: string): AsyncGenerator<Part> {
  return entryFile(source, "webServiceGroups", "group.json", ({ Id }) => Id === id);
}

/**
 * A notebook: its entry, the names of attached files and the links of a session. The service may have dropped the
 * feature between the list and these.
 */
export async function* notebookFiles(source: Source, familyId: string): AsyncGenerator<Part> {
  const { ask } = source;
  yield* entryFile(source, "notebooks", "notebook.json", ({ FamilyId }) => FamilyId === familyId);
  const attachments = await orNull(() =>
    ask((client, access) => client.attachments(access, familyId)),
  );
  if (attachments !== null) {
    yield await documentFile(source, "attachments", ["attachments.json"], attachments);
  }
  const session = await orNull(() => ask((client, access) => client.session(access, familyId)));
  if (session !== null) yield await documentFile(source, "session", ["session.json"], session);
}

async function* entryFile<K extends SmallList>(
  source: Source,
  list: K,
  name: string,
  isAsked: (value: ListItems[K]) => boolean,
): AsyncGenerator<Part> {
  const entries = await source.documents(list);
  const entry = entries.find(({ value }) => isAsked(value));
  if (entry === undefined) throw noSuchAsset();
  yield await documentFile(source, "entry", [name], entry.text);
}
