import { humanBytes } from "./bag.ts";
import { escapeHtml, factsTable, fileLink, page, userText } from "./html.ts";
import type { IndexAsset, IndexHead, IndexTail, Tally } from "./package-index.ts";

/** `index.html`: what a package holds, for people. First the whole, then kind by kind, then asset by asset. */

export const INDEX_HTML = "index.html";

const STATUS = {
  exported: "exported",
  "exported-with-exceptions": "exported, with exceptions",
  failed: "failed",
} as const satisfies Record<IndexAsset["status"], string>;

/** What of a kind is on pages of its own, and what is shown in place. */
export type KindSection = { readonly pages: readonly string[]; readonly html: string };

/** One asset, closed at first. All pages lie in the package's folder. */
export function assetHtml(asset: IndexAsset): string {
  const bytes = asset.files.reduce((sum, file) => sum + file.bytes, 0);
  const size = `${asset.files.length} file(s), ${humanBytes(bytes)}`;
  const facts = factsTable([
    ["Status", STATUS[asset.status]],
    ["Source id", userText(asset.sourceId)],
    ["Workspace", userText(asset.workspace)],
    ["Version", userText(asset.version)],
    ["Created", escapeHtml(asset.createdAt ?? "not told")],
    ["Modified", escapeHtml(asset.modifiedAt ?? "not told")],
  ]);
  return `<details><summary>${userText(asset.name)} <span class="${asset.status}">${STATUS[asset.status]}</span>, ${size}</summary>
${facts}${filesHtml(asset)}${missingHtml(asset)}</details>
`;
}

function filesHtml({ files }: IndexAsset): string {
  if (files.length === 0) return "";
  const rows = files.map(
    ({ path, name, bytes, sha256, redactions }) =>
      `<tr><td>${fileLink(path, path)}</td><td>${userText(name)}</td><td>${bytes}</td><td><code>${sha256}</code></td><td>${redactions}</td></tr>`,
  );
  return `<table><tr><th>File</th><th>Original name</th><th>Bytes</th><th>SHA-256</th><th>Redactions</th></tr>
${rows.join("\n")}</table>
`;
}

function missingHtml({ missing }: IndexAsset): string {
  const items = missing.map(({ file, reason, detail }) => {
    const what = file === null ? "The asset" : userText(file);
    return `<li class="failed">${what}: ${escapeHtml(detail)} (<code>${escapeHtml(reason)}</code>)</li>`;
  });
  return items.length === 0 ? "" : `<ul>${items.join("\n")}</ul>\n`;
}

/** A page of the assets of one kind. */
export function kindPage(title: string, number: number, assets: string): string {
  const heading = `${title}, page ${number}`;
  return page(
    heading,
    `<p>${fileLink(INDEX_HTML, "Back to the whole")}</p>
<h1>${escapeHtml(heading)}</h1>
${assets}`,
  );
}

/** The first page. `tagFiles` are the package's other files for people and programs. */
export function indexHtml(
  head: IndexHead,
  tail: IndexTail,
  sections: ReadonlyMap<string, KindSection>,
  tagFiles: readonly (readonly [path: string, what: string])[],
): string {
  const files = tagFiles.map(
    ([path, what]) => `<li>${fileLink(path, path)}: ${escapeHtml(what)}</li>`,
  );
  const kinds = tail.kinds.map((kind) => kindHtml(kind, sections.get(kind.kind)));
  return page(
    "Exported data",
    `<h1>Exported data</h1>
${summaryHtml(head, tail.totals)}<h2>What is here</h2>
${kinds.join("")}<h2>Other files</h2>
<ul>
${files.join("\n")}</ul>
`,
  );
}

function summaryHtml(head: IndexHead, totals: Tally): string {
  const workspaces = head.workspaces.map(
    ({ name, workspaceId, accountType }) =>
      `${userText(name)} (<code>${escapeHtml(workspaceId)}</code>, ${accountType})`,
  );
  return factsTable([
    ["Request", `<code>${escapeHtml(head.requestId)}</code>`],
    ...(head.externalId === null ? [] : ([["Ticket", userText(head.externalId)]] as const)),
    ...(head.retryOf === null
      ? []
      : ([["Completes the package of", `<code>${escapeHtml(head.retryOf)}</code>`]] as const)),
    ["Workspaces", workspaces.join("<br>")],
    ["Inventory taken", escapeHtml(head.plannedAt)],
    ["Sealed", escapeHtml(head.sealedAt)],
    ["Assets", talliedText(totals)],
    ["Files", `${totals.files}, ${humanBytes(totals.bytes)}`],
  ]);
}

function talliedText({ assets, exported, withExceptions, failed }: Tally): string {
  return `${assets}: ${exported} exported, ${withExceptions} exported with exceptions, ${failed} failed`;
}

function kindHtml(kind: IndexTail["kinds"][number], section: KindSection | undefined): string {
  const limits = kind.limits.map((limit) => `<li>${escapeHtml(limit)}</li>`).join("\n");
  const pages = (section?.pages ?? []).map((path, index) => fileLink(path, `page ${index + 1}`));
  return `<details open><summary><strong>${escapeHtml(kind.title)}</strong> (${talliedText(kind)}; ${kind.files} file(s), ${humanBytes(kind.bytes)})</summary>
${limits === "" ? "" : `<p>Not exportable:</p><ul>${limits}</ul>\n`}${pages.length === 0 ? "" : `<p>${pages.join(", ")}</p>\n`}${section?.html ?? ""}</details>
`;
}
