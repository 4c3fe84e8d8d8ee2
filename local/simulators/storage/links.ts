import { blobSignatureOf } from "../estate/secrets.ts";
import type { StoredBlob } from "../estate/workspace.ts";
import { hexOf, signatureOf } from "../seed/derived-ids.ts";

/** The endpoint object that locates a blob: its address is `BaseUri + Location + AccessCredential`. */
export type LinkEndpoint = {
  readonly BaseUri: string;
  readonly Size: number;
  readonly Name: string;
  readonly EndpointType: "SasEndpoint";
  readonly CredentialContainer: "Inline";
  readonly AccessCredential: string;
  readonly Location: string;
  readonly FileType: "File";
  readonly IsAuxiliary: false;
};

/** For whom, from where and how long a link is made. */
export type LinkTerms = {
  readonly storageOrigin: string;
  readonly workspaceId: string;
  readonly nowMs: number;
  readonly ttlSeconds: number;
  /** Whether the link names the blob itself, without the relay in front of it. */
  readonly isDirect: boolean;
};

/** Whether a link is in order, and where it leads. */
export type CheckedLink =
  | {
      readonly kind: "valid";
      readonly account: string;
      readonly path: string;
      /** Its query, from the question mark on. */
      readonly sharedAccess: string;
    }
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
  return {
    BaseUri: `${terms.storageOrigin}/`,
    Size: sizeBytes,
    Name: name,
    EndpointType: "SasEndpoint",
    CredentialContainer: "Inline",
    ...(terms.isDirect ? directLink(blob, terms) : relayLink(blob, terms)),
    FileType: "File",
    IsAuxiliary: false,
  };
}

function relayLink(blob: StoredBlob, terms: LinkTerms) {
  const blobUrl = `https://${blob.account}${BLOB_HOST}/${blob.path}${sharedAccessOf(blob, terms)}`;
  const signature = relaySignature(terms.workspaceId, blobUrl);
  const AccessCredential =
    `?workspaceId=${terms.workspaceId}&signature=${encodeURIComponent(signature)}` +
    `&sharedAccessUri=${encodeURIComponent(blobUrl)}`;
  return { AccessCredential, Location: "api/sharedaccess" };
}

function directLink(blob: StoredBlob, terms: LinkTerms) {
  return { AccessCredential: sharedAccessOf(blob, terms), Location: directPath(blob) };
}

/** Where the storage host serves a blob itself, without a slash in front. */
export function directPath({ account, path }: Pick<StoredBlob, "account" | "path">): string {
  return `blob/${account}/${path}`;
}

/** The query of a shared-access address, from its question mark on. */
export function sharedAccessOf(blob: StoredBlob, terms: Pick<LinkTerms, "nowMs" | "ttlSeconds">) {
  const st = toSeconds(terms.nowMs - EARLY_START_MS);
  const se = toSeconds(terms.nowMs + terms.ttlSeconds * 1000);
  const values = [
    ["sv", "2015-02-21"],
    ["sr", "b"],
    ["sig", blobSignatureOf(blob)],
    ["st", st],
    ["se", se],
    ["sp", "r"],
    ["si", policyOf(blob, st, se)],
  ] as const;
  return `?${values.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
}

/** Checks the query of an address that names a blob itself. */
export function checkSharedAccess(
  blob: StoredBlob,
  query: (name: string) => string | undefined,
  nowMs: number,
): "valid" | "altered" | "expired" {
  const [sig, si, st = "", se = ""] = ["sig", "si", "st", "se"].map(query);
  if (sig !== blobSignatureOf(blob) || si !== policyOf(blob, st, se)) return "altered";
  return nowMs >= Date.parse(se) ? "expired" : "valid";
}

/** Covers the times: `sig` does not, so that tests can compute it. */
function policyOf({ account, path }: StoredBlob, st: string, se: string): string {
  return hexOf(`policy:${account}/${path}:${st}:${se}`);
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
  const { pathname, search } = blobUrl;
  return { kind: "valid", account, path: pathname.slice(1), sharedAccess: search };
}

function relaySignature(workspaceId: string, sharedAccessUri: string): string {
  return signatureOf(`relay:${workspaceId}:${sharedAccessUri}`);
}

/** ISO time without fractions, rounded up so that a short link is never born expired. */
function toSeconds(timeMs: number): string {
  return new Date(Math.ceil(timeMs / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
