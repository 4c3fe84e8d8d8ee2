import { planterOf } from "../estate/planted-secrets.ts";
import type { Asset, Workspace } from "../estate/workspace.ts";
import { emptyReply, type Reply, textReply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { GENERATED_WORKSPACE } from "../seed/generated-workspace.ts";
import { wireDataset } from "../studio/asset-wire.ts";
import { termsOf } from "../studio/studio-context.ts";
import { wireReply } from "../studio/wire-json.ts";
import { sendBlob } from "./send-blob.ts";
import type { StorageContext } from "./storage-surface.ts";

/**
 * The generated data sets once more, as an open folder of a web server: a page of links, and behind them the bytes of
 * each data set and its document. The service has no such thing; general tools, which know nothing of it, can copy
 * the same files by this.
 */
export function browseRoutes(context: StorageContext): Route[] {
  const folder = () => page(generatedOf(context));
  const file = (request: SimulatorRequest) => {
    const reply = fileOf(request, context);
    if (request.method === "GET") return reply;
    const { body, headers } = reply;
    const length =
      typeof body === "string" ? { "Content-Length": `${Buffer.byteLength(body)}` } : {};
    return { ...reply, headers: { ...length, ...headers }, body: null };
  };
  return ["GET", "HEAD"].flatMap((method) => [
    { method, pattern: `/browse/${GENERATED_WORKSPACE.key}`, handle: folder },
    { method, pattern: `/browse/${GENERATED_WORKSPACE.key}/{file}`, handle: file },
  ]);
}

const DOCUMENT = ".json";

function fileOf(request: SimulatorRequest, context: StorageContext): Reply {
  const name = request.segments.at(-1) ?? "";
  const isDocument = name.endsWith(DOCUMENT);
  const id = isDocument ? name.slice(0, -DOCUMENT.length) : name;
  const workspace = generatedOf(context);
  const dataset = workspace?.datasets.find(id) ?? null;
  if (workspace === undefined || dataset === null) return emptyReply(404);
  return isDocument
    ? documentOf(workspace, dataset, context)
    : sendBlob(request, dataset.blob, context.switches.current);
}

function documentOf(workspace: Workspace, dataset: Asset, context: StorageContext): Reply {
  const { switches } = context;
  const plant = planterOf(workspace.key, switches.current.plantSecrets);
  // The links in it begin at a fixed time, so that its size is the same whenever it is asked for.
  const linkTerms = { ...termsOf(workspace, context), nowMs: workspace.createdMs };
  const told = { context, linkTerms, plant };
  return wireReply(wireDataset(dataset, told), switches.current);
}

function generatedOf({ estate }: StorageContext): Workspace | undefined {
  return estate.workspaces.find(({ key }) => key === GENERATED_WORKSPACE.key);
}

function page(workspace: Workspace | undefined): Reply {
  if (workspace === undefined) return emptyReply(404);
  const names = [...workspace.datasets].flatMap(({ id }) => [id, `${id}${DOCUMENT}`]);
  const links = names.map((name) => `<a href="${name}">${name}</a>`);
  return textReply(`<!doctype html><title>Data sets</title>${links.join("\n")}`, "text/html");
}
