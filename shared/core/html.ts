/** Pages that open offline: no script, no request to anywhere, everything from outside escaped. */

/** The one style of all pages. `STYLE_HASH` lets browsers use it and no other. */
export const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0}
th,td{border:1px solid #8886;padding:.2rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
details{margin:.3rem 0;padding-left:.8rem;border-left:3px solid #8884}
summary{cursor:pointer}
code{font-size:.85em}
.failed,.exported-with-exceptions{color:#b00020}
@media(prefers-color-scheme:dark){.failed,.exported-with-exceptions{color:#ff8a80}}
`;

/** The SHA-256 of the style, as a content security policy names it; a test holds it. */
export const STYLE_HASH = "sha256-V6D09906uxwjYR+xM9yqm0NP9cgI1oYFsYK2mu7CRRg=";

/** Text that is shown as it is and is never markup, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A text that users wrote, set apart so that its direction does not disturb what is around it. */
export function userText(text: string): string {
  return `<bdi>${escapeHtml(text)}</bdi>`;
}

/** A link from a page to a file of the same package. */
export function fileLink(path: string, shown: string): string {
  const href = path.split("/").map(encodeURIComponent).join("/");
  return `<a href="${escapeHtml(href)}">${userText(shown)}</a>`;
}

/** A table of two columns; the values are markup. */
export function factsTable(facts: readonly (readonly [string, string])[]): string {
  const rows = facts.map(
    ([label, value]) => `<tr><th>${escapeHtml(label)}</th><td>${value}</td></tr>`,
  );
  return `<table>${rows.join("\n")}</table>\n`;
}

/** A page; `body` is markup. */
export function page(title: string, body: string): string {
  const policy = `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}</body>
</html>
`;
}
