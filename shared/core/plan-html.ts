import { ASSET_REGISTRY } from "./asset-registry.ts";
import type { PlanView } from "./wire.ts";

/** The plan of a deletion as a page for the person who approves it: text only, no script, nothing from elsewhere. */

type Asset = PlanView["assets"][number];

const STYLE =
  "body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:75rem}" +
  "table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.25rem .5rem;text-align:left;vertical-align:top}" +
  "code{overflow-wrap:anywhere}";

/** The page. Every text in it that came from a workspace is escaped. */
export function planHtml(plan: PlanView): string {
  const { summary, assets } = plan;
  const erased = assets.filter(({ way }) => way === "erase");
  const goWith = assets.filter(({ way }) => way === "with");
  const stay = assets.filter(({ way }) => way === "keep" || way === "absent");
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<title>Deletion plan</title><style>${STYLE}</style></head><body>`,
    `<h1>Deletion plan of request <code>${text(plan.requestId)}</code></h1>`,
    `<p>Planned at ${text(plan.plannedAt)}, generation ${plan.generation}. Approving it signs its hash:</p>`,
    `<p><code>${text(plan.planHash)}</code></p>`,
    `<p>${summary.items} assets, ${summary.bytes} bytes: ${summary.erase} deleted by a call of their own, ${summary.goesWith} together with something else, ${summary.keep} stay.</p>`,
    items(
      "Workspaces",
      plan.workspaces.map(
        ({ name, workspaceId, accountType }) => `${name} (${accountType}, ${workspaceId})`,
      ),
    ),
    items(
      "In the way",
      plan.blockers.map(
        ({ name, level, scope }) =>
          `The lock "${name}" (${level}) of ${scope} has to be removed first.`,
      ),
    ),
    plan.package === null
      ? ""
      : items("Package sealed before", [
          `Manifest SHA-256 ${plan.package.manifestSha256}; ${plan.package.exceptions} exceptions, which are named in it and would be deleted too.`,
        ]),
    table("Deleted, in this order", erased),
    table("Goes together with something else", goWith),
    table("Stays", stay),
    items(
      "Left to do by hand",
      plan.manualSteps.map((step) => step.text),
    ),
    items(
      "Stays behind in any case",
      plan.leftBehind.map((left) => left.text),
    ),
    "</body></html>\n",
  ].join("\n");
}

function items(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return `<h2>${text(title)}</h2><ul>${lines.map((line) => `<li>${text(line)}</li>`).join("")}</ul>`;
}

function table(title: string, assets: readonly Asset[]): string {
  if (assets.length === 0) return "";
  const head =
    "<tr><th>Kind</th><th>Name</th><th>Id</th><th>Bytes</th><th>Modified</th><th>Remarks</th></tr>";
  return `<h2>${text(title)} (${assets.length})</h2><table>${head}\n${assets.map(row).join("\n")}</table>`;
}

function row(asset: Asset): string {
  const cells = [
    ASSET_REGISTRY[asset.kind].title,
    asset.name,
    asset.id,
    String(asset.bytes),
    asset.modifiedAt ?? asset.createdAt ?? "",
    remarks(asset),
  ];
  return `<tr>${cells.map((cell) => `<td>${text(cell)}</td>`).join("")}</tr>`;
}

function remarks({ way, withKind, reason, usedBy }: Asset): string {
  const said = way === "with" && withKind !== null ? [`goes with its ${withKind}`] : [];
  if (reason !== null) said.push(reason);
  if (usedBy.length > 0) {
    said.push(`used by what stays: ${usedBy.map(({ kind, id }) => `${kind} ${id}`).join(", ")}`);
  }
  return said.join("; ");
}

function text(raw: string): string {
  return raw
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
