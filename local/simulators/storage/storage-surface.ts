import type { Clock } from "../clock.ts";
import type { SwitchBoard } from "../control/switches.ts";
import type { Estate } from "../estate/estate.ts";
import { isExpiredGuest, type StoredBlob, type Workspace } from "../estate/workspace.ts";
import { emptyReply, type Reply, textReply } from "../http/reply.ts";
import { createRouter, type Handler } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { storageFailure } from "../studio/errors.ts";
import { isStorageClosed } from "../studio/studio-context.ts";
import { browseRoutes } from "./browse.ts";
import { checkLink, checkSharedAccess, directPath } from "./links.ts";
import { sendBlob } from "./send-blob.ts";

/** What the storage host needs. */
export type StorageContext = {
  readonly estate: Estate;
  readonly clock: Clock;
  readonly switches: SwitchBoard;
  readonly storageOrigin: string;
};

/**
 * The host of download links: relays the blob a link names. An altered or expired link gets 403 with
 * the XML of Azure Storage, and so does a link that comes with a token, which has no business here.
 */
export function createStorageHandler(context: StorageContext): Handler {
  return createRouter(
    [
      {
        method: "GET",
        pattern: "/api/sharedaccess",
        handle: (request) => relay(request, context),
      },
      {
        method: "GET",
        pattern: "/blob/{account}/{container}/{folder}/{file}",
        handle: (request) => readBlob(request, context),
      },
      ...browseRoutes(context),
    ],
    () => storageError(404, "ResourceNotFound", "The specified resource does not exist."),
  );
}

function relay(request: SimulatorRequest, context: StorageContext): Reply {
  const { estate, clock, switches } = context;
  if (isLeak(request, context)) return refused("A link must be used without a token.");
  const workspaceId = request.query("workspaceId") ?? "";
  const link = checkLink(
    workspaceId,
    request.query("signature") ?? "",
    request.query("sharedAccessUri") ?? "",
    clock.now(),
  );
  if (link.kind === "altered") return refused("Signature did not match.");
  if (link.kind === "expired") return refused("Signature not valid in the specified time frame.");
  const workspace = estate.findWorkspace(workspaceId);
  const blob = estate.findBlob(link.account, link.path);
  if (workspace === null || blob === null) return blobNotFound();
  if (switches.current.linkMode === "redirect") {
    const Location = `${context.storageOrigin}/${directPath(blob)}${link.sharedAccess}`;
    return emptyReply(302, { Location });
  }
  return sendOwned(request, workspace, blob, context);
}

/** The blob itself, with its own shared-access query. */
function readBlob(request: SimulatorRequest, context: StorageContext): Reply {
  const { estate, clock } = context;
  if (isLeak(request, context)) return refused("A link must be used without a token.");
  const [, account = "", ...path] = request.segments;
  const blob = estate.findBlob(account, path.join("/"));
  if (blob === null) return blobNotFound();
  const check = checkSharedAccess(blob, (name) => request.query(name), clock.now());
  if (check === "altered") return refused("Signature did not match.");
  if (check === "expired") return refused("Signature not valid in the specified time frame.");
  const workspace = estate.workspaces.find(({ key }) => key === blob.workspaceKey) ?? null;
  return sendOwned(request, workspace, blob, context);
}

function isLeak(request: SimulatorRequest, { switches }: StorageContext): boolean {
  const tokens = [
    request.header("authorization"),
    request.header("x-ms-metaanalytics-authorizationtoken"),
  ];
  return switches.current.strictLinks && tokens.some((token) => token !== undefined);
}

/** The bytes, as far as the workspace's life and its storage account allow. */
function sendOwned(
  request: SimulatorRequest,
  workspace: Workspace | null,
  blob: StoredBlob,
  { clock, switches }: StorageContext,
): Reply {
  if (workspace !== null && isExpiredGuest(workspace, clock.now())) return blobNotFound();
  // Only the customer's own account can be missing: logs and samples lie in others.
  const isInOwnAccount = workspace !== null && blob.account === workspace.storageAccount;
  if (isInOwnAccount && isStorageClosed(workspace, switches.current)) {
    return storageFailure(switches.current);
  }
  const isOutput = /\.(dataset|ilearner|itransform)$/.test(blob.path);
  if (isOutput && switches.current.promotedOutput === "missing") return blobNotFound();
  return sendBlob(request, blob, switches.current);
}

function refused(detail: string): Reply {
  return storageError(
    403,
    "AuthenticationFailed",
    `Server failed to authenticate the request. ${detail}`,
  );
}

function blobNotFound(): Reply {
  return storageError(404, "BlobNotFound", "The specified blob does not exist.");
}

function storageError(status: number, code: string, message: string): Reply {
  const xml = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return textReply(xml, "application/xml", status);
}
