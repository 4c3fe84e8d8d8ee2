import { createHash } from "node:crypto";

/**
 * Every id and credential of the seed is derived from a fixed text, so tests can compute them and a leak
 * scanner can recognise them. None was ever issued by a real service.
 */

/** Owner of the built-in modules and samples: the hex of the ASCII text `PaSsAuGlObAlWsIc`. */
export const GLOBAL_WORKSPACE_ID = "506153734175476c4f62416c57734963";

/** The first `digits` lower-case hex digits of the SHA-256 of the label. */
export function hexOf(label: string, digits = 32): string {
  return digest("sha256", label, "hex").slice(0, digits);
}

/** A GUID in the form of version 4, from the label. */
export function guidOf(label: string): string {
  const hex = hexOf(label);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join("-");
}

/** An 88-character credential, as workspace tokens, endpoint keys and storage keys look. */
export function credentialOf(label: string): string {
  return digest("sha512", label, "base64");
}

/** A 44-character signature, as links carry it. */
export function signatureOf(label: string): string {
  return digest("sha256", `sig:${label}`, "base64");
}

/** Id of the workspace with this seed key. */
export function workspaceIdOf(workspaceKey: string): string {
  return hexOf(`ws:${workspaceKey}`);
}

/** Id shared by all versions of an asset. */
export function familyIdOf(workspaceKey: string, assetKey: string): string {
  return hexOf(`family:${workspaceKey}:${assetKey}`);
}

/** Id of one version: `<workspace>.<family>.v1-default-<batch>`. */
export function resourceIdOf(workspaceId: string, familyId: string, batch: number): string {
  return `${workspaceId}.${familyId}.v1-default-${batch}`;
}

/** Id of one run: newer runs sort first because time is counted down from the end of the year 9999. */
export function runIdOf(workspaceId: string, experimentHex: string, runAtMs: number): string {
  const inverse = new Date(Date.UTC(9999, 11, 31, 23, 59, 59) - runAtMs).toISOString();
  const stamp = inverse.slice(0, 19).toLowerCase().replaceAll(":", ".");
  return `${workspaceId}.s-id.${experimentHex}.${stamp}`;
}

function digest(algorithm: string, label: string, encoding: "hex" | "base64"): string {
  return createHash(algorithm).update(`amlclassic:${label}`, "utf8").digest(encoding);
}
