import { ASSET_REGISTRY } from "./asset-registry.ts";
import { escapeHtml, page } from "./html.ts";
import { OUT_OF_REACH } from "./out-of-reach.ts";

/** A sheet about a person's data: what the package holds and what is had elsewhere, as text and as a page. */

export const SHEET_TXT = "about-your-data.txt";
export const SHEET_HTML = "about-your-data.html";

type Chapter = {
  readonly title: string;
  readonly intro: string;
  readonly items: readonly (readonly [title: string, text: string])[];
};

const CHAPTERS: readonly Chapter[] = [
  {
    title: "Two kinds of data",
    intro: "The package keeps them apart.",
    items: [
      ["data/account", "Account data: account ids, e-mail addresses, roles, memberships."],
      [
        "data/workspace",
        "What you and others put into the workspace: data sets, experiments, models, services.",
      ],
    ],
  },
  {
    title: "What was taken out",
    intro: "Credentials are no data about you, and whoever has the package could use them.",
    items: [
      [
        "redactions.json",
        "Every place in a document where a token, a key or a link was replaced, with the reason.",
      ],
      [
        "Data files",
        "The content of data sets is yours: it is as you uploaded it, byte for byte, and was not searched.",
      ],
    ],
  },
  {
    title: "What nothing can export",
    intro: "Parts of what is in a workspace that its service gives to nobody.",
    items: Object.values(ASSET_REGISTRY).flatMap(({ title, limits }) =>
      limits.map((limit) => [title, limit] as const),
    ),
  },
  {
    title: "What is had elsewhere",
    intro: "Data about you that no call of a workspace reaches.",
    items: OUT_OF_REACH.map(({ title, reason }) => [title, reason] as const),
  },
];

/** The sheet as plain text. */
export function informationSheetTxt(): string {
  const chapters = CHAPTERS.map(({ title, intro, items }) => {
    const lines = items.map(([name, text]) => `* ${name}: ${text}`);
    return `${title}\n${"-".repeat(title.length)}\n${intro}\n\n${lines.join("\n")}\n`;
  });
  return `About your data\n===============\n\n${chapters.join("\n")}`;
}

/** The sheet as a page. */
export function informationSheetHtml(): string {
  const chapters = CHAPTERS.map(({ title, intro, items }) => {
    const lines = items.map(
      ([name, text]) => `<li><strong>${escapeHtml(name)}</strong>: ${escapeHtml(text)}</li>`,
    );
    return `<h2>${escapeHtml(title)}</h2>\n<p>${escapeHtml(intro)}</p>\n<ul>\n${lines.join("\n")}\n</ul>\n`;
  });
  return page("About your data", `<h1>About your data</h1>\n${chapters.join("")}`);
}
