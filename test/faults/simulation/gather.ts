import { createHash, createPublicKey, verify } from "node:crypto";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import { bagProblems } from "../../support/bag.ts";
import type { Evidence, Package, Receipt } from "../checker/evidence.ts";
import { thingOf } from "./estate.ts";
import type { Memory } from "./people.ts";
import type { World } from "./world.ts";

/** Gathers what is known of a simulation from outside the app. */

type Row = Evidence["requests"][number];

/** What is put aside while the simulation runs, since it is removed later. */
export class Gathering {
  readonly #world: World;
  readonly #packages: Package[] = [];
  readonly #keys = new Map<string, string | null>();

  constructor(world: World) {
    this.#world = world;
    world.onPurge = async (request) => {
      this.#keys.set(request.requestId, request.externalId);
      await this.#keepPackage(request);
    };
  }

  /** All evidence, at the end. */
  async evidence(memory: Memory): Promise<Evidence> {
    const { clock, estate, broker, purges } = this.#world;
    const requests = await this.#requests();
    const receipts: Receipt[] = [];
    for (const { requestId } of requests) {
      const receipt = await this.#receipt(requestId);
      if (receipt !== null) receipts.push(receipt);
    }
    return {
      ...memory,
      collectedAt: clock.now(),
      requests,
      source: { before: estate.everThere, after: estate.there(), deletions: estate.calls },
      packages: this.#packages,
      receipts,
      events: broker.published.map(({ id, subject, sequence, type }) => ({
        id,
        requestId: subject,
        sequence: Number(sequence),
        tells: type.split(".")[2] ?? "",
      })),
      purges,
      deadLetters: [...broker.given].map(({ id }) => ({
        queue: "",
        messageId: id,
        reason: "MaxDeliveryCountExceeded",
      })),
      plantedMessages: [],
    };
  }

  async #requests(): Promise<Row[]> {
    const { list, ledger } = this.#world.stage;
    const { items } = await list.page({ limit: 1000 });
    const rows: Row[] = [];
    for (const { requestId } of items) {
      const request = (await ledger.load(requestId))?.value;
      if (request === undefined) continue;
      // A container that nobody has removed yet.
      if (request.sealedAt !== null && request.purgedAt === null) await this.#keepPackage(request);
      const { kind, exportFirst, state, failure, sealedAt, finishedAt, purgeAt } = request;
      const key = this.#keys.get(requestId) ?? request.externalId;
      const failureCode = failure?.code ?? null;
      rows.push({
        requestId,
        key,
        kind,
        exportFirst,
        state,
        failureCode,
        sealedAt,
        finishedAt,
        purgeAt,
      });
    }
    return rows;
  }

  /** The package as who downloads it by its links would have it. */
  async #keepPackage({ requestId, seal }: PrivacyRequest): Promise<void> {
    if (seal === null || this.#packages.some((found) => found.requestId === requestId)) return;
    const read = async (name: string) => {
      const body = await this.#world.stage.packages.read({ requestId, name });
      return Buffer.concat(await Array.fromAsync(body));
    };
    const files = new Map<string, Buffer>();
    const list = (await read(`t/${seal.sealId}/files.ndjson`)).toString("utf8");
    const problems: string[] = [];
    for (const line of list.split("\n").filter(Boolean)) {
      const { path, blob } = JSON.parse(line) as { path: string; blob: string };
      try {
        files.set(path, await read(blob));
      } catch {
        problems.push(`${path} is not there`);
      }
    }
    problems.push(...bagProblems(files));
    this.#packages.push({ requestId, problems, ...contentsOf(files) });
  }

  async #receipt(requestId: string): Promise<Receipt | null> {
    const { receipts, signer } = this.#world.stage;
    const stored = await receipts.read(requestId);
    if (stored === null) return null;
    const text = Buffer.concat(await Array.fromAsync(stored)).toString("utf8");
    const [, payload = "", header = "", signature = ""] =
      /^\{"receipt":(.*),"jws":"([\w-]+)\.\.([\w-]+)"\}\n$/s.exec(text) ?? [];
    const [jwk] = await signer.keys();
    const isSigned =
      jwk !== undefined &&
      verify(
        "sha256",
        Buffer.from(`${header}.${Buffer.from(payload).toString("base64url")}`),
        { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
        Buffer.from(signature, "base64url"),
      );
    const said = JSON.parse(payload || "null") as {
      state: string;
      assets: { assetId: string; outcome: string }[];
    } | null;
    return {
      requestId,
      problems: isSigned ? [] : ["its signature does not fit"],
      state: said?.state ?? "",
      outcomes: (said?.assets ?? []).map(({ assetId, outcome }) => ({
        thing: this.#thingOf(assetId),
        outcome,
      })),
    };
  }

  /** Receipts name things by pseudonyms. */
  #thingOf(assetId: string): string {
    const { estate } = this.#world;
    const ids = estate.sites.map(({ source }) => source.workspace.workspaceId);
    const found = estate.everThere.find(({ thing }) => {
      const [place = "", kind, ...rest] = thing.split("/");
      const workspaceId = ids.find((id) => id.startsWith(place)) ?? "";
      const text = JSON.stringify([workspaceId, kind, rest.join("/")]);
      return createHash("sha256").update(text).digest("hex").slice(0, 32) === assetId;
    });
    return found?.thing ?? assetId;
  }
}

function contentsOf(files: ReadonlyMap<string, Buffer>): Pick<Package, "holds" | "exceptions"> {
  const index = JSON.parse(
    files.get("index.json")?.toString("utf8") ?? '{"workspaces":[],"assets":[]}',
  ) as {
    workspaces: { workspaceId: string }[];
    assets: {
      kind: string;
      sourceId: string;
      workspace: string;
      files: { path: string }[];
      missing: unknown[];
    }[];
  };
  // A workspace has no data but what is in it.
  const holds: Package["holds"][number][] = index.workspaces.map(({ workspaceId }) => ({
    thing: thingOf(workspaceId, "workspace", workspaceId),
    sha256: null,
  }));
  const exceptions: string[] = [];
  for (const { kind, sourceId, workspace, files: own, missing } of index.assets) {
    const thing = thingOf(workspace, kind, sourceId);
    if (missing.length > 0) exceptions.push(thing);
    if (own.length === 0) continue;
    // The other file of an asset is its metadata.
    const content = own.map(({ path }) => path).find((path) => !path.endsWith("metadata.json"));
    const bytes = files.get(content ?? "");
    const sha256 = bytes === undefined ? null : createHash("sha256").update(bytes).digest("hex");
    holds.push({ thing, sha256 });
  }
  return { holds, exceptions };
}
