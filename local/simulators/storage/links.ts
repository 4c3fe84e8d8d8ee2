import { blobSignatureOf } from "../estate/secrets.ts";
import type { StoredBlob } from "../estate/workspace.ts";
import { signatureOf } from "../seed/derived-ids.ts";

/** The endpoint object that locates a blob: its address is `BaseUri + Location + AccessCredential`. */
export type LinkEndpoint = {
  readonly BaseUri: string;
  readonly Size: number;
  readonly Name: string;
  readonly EndpointType: "SasEndpoint";
  readonly CredentialContainer: "Inline";
  readonly AccessCredential: string;
  readonly Location: "api/sharedaccess";
  readonly FileType: "File";
  readonly IsAuxiliary: false;
};

/** For whom, from where and how long a link is made. */
export type LinkTerms = {
  readonly storageOrigin: string;
  readonly workspaceId: string;
  readonly nowMs: number;
  readonly ttlSeconds: number;
};

/** Whether a link is in order, and where it leads. */
export type CheckedLink =
  | { readonly kind: "valid"; readonly account: string; readonly path: string }
  | { readonly kind: "altered" }
  | { readonly kind: "expired" };

const BLOB_HOST = ".blob.core.windows.net";
/** Shared-access addresses begin five minutes early, against clocks that differ. */
const EARLY_START_MS = 5 * 60 * 1000;

/** An endpoint with a fresh link to a blob. `sizeBytes` -1 means unknown, as previews report it. */
export function linkEndpoint(
  blob: StoredBlob,
  terms: LinkTerms,
  name = "defaultSasName",
  sizeBytes = blob.content.sizeBytes,
): LinkEndpoint {
  const blobUrl = sharedAccessUrl(blob, terms);
  const signature = relaySignature(terms.workspaceId, blobUrl);
  return {
    BaseUri: `${terms.storageOrigin}/`,
    Size: sizeBytes,
    Name: name,
    EndpointType: "SasEndpoint",
    CredentialContainer: "Inline",
    AccessCredential:
      `?workspaceId=${terms.workspaceId}&signature=${encodeURIComponent(signature)}` +
      `&sharedAccessUri=${encodeURIComponent(blobUrl)}`,
    Location: "api/sharedaccess",
    FileType: "File",
    IsAuxiliary: false,
  };
}

/** Checks the three values of a link's query. The signature covers the workspace and the blob's address. */
export function checkLink(
  workspaceId: string,
  signature: string,
  sharedAccessUri: string,
  nowMs: number,
): CheckedLink {
  if (signature !== relaySignature(workspaceId, sharedAccessUri)) return { kind: "altered" };
  const blobUrl = new URL(sharedAccessUri);
  const endsAtMs = Date.parse(blobUrl.searchParams.get("se") ?? "");
  if (nowMs >= endsAtMs) return { kind: "expired" };
  const account = blobUrl.hostname.slice(0, -BLOB_HOST.length);
  return { kind: "valid", account, path: blobUrl.pathname.slice(1) };
}

function sharedAccessUrl(blob: StoredBlob, { nowMs, ttlSeconds }: LinkTerms): string {
  const values = [
    ["sv", "2015-02-21"],
    ["sr", "b"],
    ["sig", blobSignatureOf(blob)],
    ["st", toSeconds(nowMs - EARLY_START_MS)],
    ["se", toSeconds(nowMs + ttlSeconds * 1000)],
    ["sp", "r"],
  ] as const;
  const query = values.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `https://${blob.account}${BLOB_HOST}/${blob.path}?${query}`;
}

function relaySignature(workspaceId: string, sharedAccessUri: string): string {
  return signatureOf(`relay:${workspaceId}:${sharedAccessUri}`);
}

/** ISO time without fractions, rounded up so that a short link is never born expired. */
function toSeconds(timeMs: number): string {
  return new Date(Math.ceil(timeMs / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
