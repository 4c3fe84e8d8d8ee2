import { BlobServiceClient } from "@azure/storage-blob";
import { z } from "zod";
import type { RequestView } from "../../../shared/core/wire.ts";
import { storageCredential } from "../../support/stack/storage-token.ts";
import type { DeadLetter, FinalRequest, Purge } from "../checker/evidence.ts";
import type { Api } from "./api.ts";
import type { FaultStack } from "./fault-stack.ts";
import type { History } from "./history.ts";
import { viewOf } from "./request-life.ts";
import { GUEST_RETENTION_MS, RETENTION_MS } from "./settings.ts";

const pageSchema = z.object({
  requests: z.array(z.object({ id: z.string() })),
  cursor: z.string().nullable(),
});
const entitiesSchema = z.array(z.object({ path: z.string() }));
const messagesSchema = z.array(
  z.object({ messageId: z.string(), deadLetterReason: z.unknown().optional() }),
);

/** Every request that the app lists, by its id. */
export async function listedIds(api: Api): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const from: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/api/privacy-requests?limit=100${from}`;
    const { body } = await api.call({ method: "GET", path, as: "operator-app" });
    const page = pageSchema.parse(body);
    ids.push(...page.requests.map(({ id }) => id));
    cursor = page.cursor;
  }
  return ids;
}

/** A request as it was when it ended, and what its receipt says of its wish. */
export type Ended = { readonly view: RequestView; readonly exportFirst: boolean };

/**
 * The requests as they are at the end. One whose personal data was erased meanwhile has lost its ticket; it has the one
 * that it had when it ended.
 */
export async function finalRequests(
  api: Api,
  ids: Iterable<string>,
  ended: ReadonlyMap<string, Ended>,
  submissions: History["submissions"],
): Promise<FinalRequest[]> {
  const found: FinalRequest[] = [];
  for (const id of ids) {
    const view = await viewOf(api, id);
    const { view: before, exportFirst } = ended.get(id) ?? {};
    const key = view.externalId ?? before?.externalId ?? null;
    found.push({
      requestId: id,
      key,
      kind: view.kind,
      // One that has not ended has no receipt that could say so.
      exportFirst: exportFirst ?? submissions.get(key ?? "")?.exportFirst ?? false,
      state: view.state,
      failureCode: view.failure?.code ?? null,
      sealedAt: view.package?.sealedAt ?? before?.package?.sealedAt ?? null,
      finishedAt: view.finishedAt,
      purgeAt: view.package?.purgeAt ?? before?.package?.purgeAt ?? keptUntil(before ?? view),
    });
  }
  return found;
}

/** What was gathered for a request without a package is kept as long as a package would be. */
function keptUntil({ finishedAt, workspaces }: RequestView): string | null {
  if (finishedAt === null) return null;
  const isGuest = workspaces.some(({ accountType }) => accountType === "guest");
  const keptMs = isGuest ? GUEST_RETENTION_MS : RETENTION_MS;
  return new Date(Date.parse(finishedAt) + keptMs).toISOString();
}

/** The packages that should be there and are not, by the storage itself. */
export async function vanishedPackages(
  { urls }: FaultStack,
  requests: readonly FinalRequest[],
  at: string,
): Promise<Purge[]> {
  const storage = new BlobServiceClient(urls.azuriteBlob, storageCredential());
  const there = new Set<string>();
  for await (const { name } of storage.listContainers({ prefix: "export-" })) there.add(name);
  return requests
    .filter(({ sealedAt, purgeAt }) => sealedAt !== null && (purgeAt === null || purgeAt > at))
    .filter(({ requestId }) => !there.has(`export-${requestId}`))
    .map(({ requestId }) => ({ requestId, at }));
}

/** Everything that the broker has put aside. */
export async function deadLetters({ broker }: FaultStack): Promise<DeadLetter[]> {
  const entities = entitiesSchema.parse(await broker.get("/entities"));
  const queues = entities.filter(({ path }) => path.toLowerCase().endsWith("/$deadletterqueue"));
  const found: DeadLetter[] = [];
  for (const { path: queue } of queues) {
    const query = `/messages?entity=${encodeURIComponent(queue)}&count=10000`;
    const messages = messagesSchema.parse(await broker.get(query));
    for (const { messageId, deadLetterReason: reason } of messages) {
      found.push({ queue, messageId, reason: typeof reason === "string" ? reason : "expired" });
    }
  }
  return found;
}
