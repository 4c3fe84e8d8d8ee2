import type { Workspace } from "../../core/request.ts";
import type { Clock } from "../../pipeline/ports.ts";
import type { ArmResources } from "../arm/resources.ts";
import type { Transport } from "../http.ts";
import type { Memory } from "../memory.ts";
import { createRedactor, type Redactor } from "../redaction/redact.ts";
import type { ContentList, ListItems, ListName, StudioClient } from "./client.ts";
import type { Access, Document } from "./document.ts";
import type { Experiment } from "./experiment-shape.ts";
import { guestAsk } from "./guest-ask.ts";
import { type WorkspaceKeys, withKey } from "./with-key.ts";

/** Calls the API of one workspace with its token. */
export type Ask = <T>(call: (client: StudioClient, access: Access) => Promise<T>) => Promise<T>;

/** One workspace, as the parts of the provider read it. */
export type Source = {
  readonly workspace: Workspace;
  readonly clock: Clock;
  readonly transport: Transport;
  /** What Azure Resource Manager knows of it; null for workspaces that are no resource. */
  readonly arm: ArmResources | null;
  /** Makes each call with the workspace's token; one that is refused, once more with a fresh token. */
  readonly ask: Ask;
  /** A list as it was at most a minute ago, so that not every asset reads it. */
  documents<K extends SmallList>(name: K): Promise<readonly Document<ListItems[K]>[]>;
  /** The ids of a list as it was at most a minute ago. */
  ids(name: ContentList | "experiments"): Promise<ReadonlySet<string>>;
  /** Takes secrets out of documents, the workspace's own tokens and keys wherever they stand among them. */
  redactor(): Promise<Redactor>;
};

/** Lists whose items are not had by an id, or are few. */
export type SmallList = Exclude<ListName, ContentList | "experiments">;

/** An experiment or a run, with fresh links. Throws `asset-not-found`. */
export function readExperiment({ ask }: Source, id: string): Promise<Document<Experiment>> {
  return ask((client, access) => client.experiment(access, id));
}

/** What all workspaces of a provider share. */
export type SourceParts = {
  readonly client: StudioClient;
  readonly transport: Transport;
  readonly keys: WorkspaceKeys;
  readonly clock: Clock;
  readonly arm: ArmResources | null;
  readonly memory: Memory;
};

/** The source of a workspace. */
export function sourceOf(parts: SourceParts, workspace: Workspace): Source {
  const { keys, memory, clock, transport } = parts;
  const ask = asker(parts, workspace);
  const isResource = workspace.accountType === "standard" && workspace.armId !== null;
  const recall = <T>(what: string, read: () => Promise<T>) =>
    memory.recall(`${workspace.workspaceId} ${what}`, read);
  return {
    workspace,
    clock,
    transport,
    arm: isResource ? parts.arm : null,
    ask,
    documents: (name) =>
      recall(`list ${name}`, () => ask((client, access) => client.documents(access, name))),
    ids: (name) =>
      recall(`ids ${name}`, async () => {
        const items = await ask((client, access) => client.list(access, name));
        return new Set(items.map((item) => ("Id" in item ? item.Id : item.ExperimentId)));
      }),
    redactor: async () => {
      const key = await keys.keyOf(workspace);
      return recall("redactor", async () => {
        const { value } = await ask((client, access) => client.settings(access));
        const { PrimaryToken = "", SecondaryToken = "" } = value.AuthorizationToken ?? {};
        return createRedactor([key, PrimaryToken, SecondaryToken, value.UserStorageKey]);
      });
    },
  };
}

function asker({ client, keys }: SourceParts, workspace: Workspace): Ask {
  const { workspaceId, studioUrl } = workspace;
  const ask: Ask = (call) =>
    withKey(keys, workspace, (key) => call(client, { workspaceId, studioUrl, key }));
  return workspace.accountType === "guest" ? guestAsk(ask, () => keys.keyOf(workspace)) : ask;
}
