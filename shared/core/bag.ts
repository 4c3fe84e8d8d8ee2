import { VERSION } from "./version.ts";

/** The text of BagIt tag files (RFC 8493, BagIt 1.0). */

/** The name of the manifest of payload digests, and of the manifest of the tag files. */
export const MANIFEST = "manifest-sha256.txt";
export const TAG_MANIFEST = "tagmanifest-sha256.txt";

/** The folder that a package is, where it travels in one file: short, and another for every request. */
export function bagFolder(requestId: string): string {
  return `package-${requestId.slice(0, 8)}`;
}

/** `bagit.txt` (RFC 8493, 2.1.1). */
export const BAGIT_TXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/** Who hands the package over, as far as it is set. */
export type Organization = {
  readonly name: string | null;
  readonly contactName: string | null;
  readonly contactEmail: string | null;
};

/**
 * What `bag-info.txt` tells. `baggedAt` is an instant; only its date is written. `groupId` is the request whose
 * package this one completes.
 */
export type BagInfo = {
  readonly organization: Organization;
  readonly requestId: string;
  readonly groupId: string | null;
  readonly externalId: string | null;
  readonly baggedAt: string;
  readonly payloadBytes: number;
  readonly payloadFiles: number;
  readonly description: string;
};

/** `bag-info.txt` (RFC 8493, 2.2.2): one element a line; line breaks in values become blanks. */
export function bagInfoTxt(info: BagInfo): string {
  const elements: readonly (readonly [string, string | null])[] = [
    ["Source-Organization", info.organization.name],
    ["Contact-Name", info.organization.contactName],
    ["Contact-Email", info.organization.contactEmail],
    ["External-Description", info.description],
    ["External-Identifier", info.requestId],
    ["Internal-Sender-Identifier", info.externalId],
    ["Bagging-Date", info.baggedAt.slice(0, 10)],
    ["Bag-Size", humanBytes(info.payloadBytes)],
    ["Payload-Oxum", `${info.payloadBytes}.${info.payloadFiles}`],
    ["Bag-Group-Identifier", info.groupId],
    ["Bag-Software-Agent", `studio-dsr ${VERSION}`],
  ];
  return elements
    .flatMap(([label, value]) => (value === null ? [] : [`${label}: ${oneLine(value)}\n`]))
    .join("");
}

/** One line of a manifest (RFC 8493, 2.1.3): digest, two blanks, path; CR, LF and `%` are encoded. */
export function manifestLine(sha256: string, path: string): string {
  return `${sha256}  ${encodePath(path)}\n`;
}

function encodePath(path: string): string {
  return path.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function oneLine(value: string): string {
  return value.replace(/[\r\n]+/g, " ").trim();
}

/** A size for people, in powers of 1,000. */
export function humanBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
