import type { PlanView } from "./wire.ts";

/** The plan of a deletion as CSV (RFC 4180), for a person who reads it in a spreadsheet. */

const COLUMNS = [
  "workspace",
  "kind",
  "id",
  "name",
  "version",
  "bytes",
  "created",
  "modified",
  "way",
  "phase",
  "goes with",
  "reason",
  "needed by",
  "used by",
] as const;

/** The assets of a plan, a row each, in the order of the plan. */
export function planCsv({ assets, workspaces }: PlanView): string {
  const rows = assets.map((asset) => [
    workspaces[asset.workspace]?.name ?? "",
    asset.kind,
    asset.id,
    asset.name,
    asset.version,
    String(asset.bytes),
    asset.createdAt ?? "",
    asset.modifiedAt ?? "",
    asset.way,
    asset.way === "erase" ? String(asset.phase) : "",
    asset.withKind ?? "",
    asset.reason ?? "",
    listOf(asset.neededBy),
    listOf(asset.usedBy),
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Quoted, and with a quote before what a spreadsheet would take for a formula (OWASP, CSV injection). */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function listOf(assets: readonly { readonly kind: string; readonly id: string }[]): string {
  return assets.map(({ kind, id }) => `${kind} ${id}`).join("; ");
}
