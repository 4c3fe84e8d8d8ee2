import { ERROR_RULES } from "../../shared/errors.ts";

/** The page of all problem types, for people (docs/problems.md). */

const HEAD = `# Problem types

Every error of the HTTP API is problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): a \`type\`, a
\`title\`, the \`status\`, a \`detail\` that says what is wrong with this call, an \`instance\` that operators find in
the log, the stable \`code\`, and in \`errors\` every finding at once, each with a JSON pointer. No problem repeats a
value that was sent. A \`503\` says in \`Retry-After\` when to come back.

The same codes are in the \`failure\` of a request, in a package's list of exceptions and in events. "Again" tells
whether the same call may succeed later without anybody doing something about it.

| type | status | again | title |
|---|---|---|---|
`;

/** The page, as Markdown. */
export function problemsPage(): string {
  const rows = Object.entries(ERROR_RULES).map(
    ([code, { status, retry, title }]) =>
      `| \`urn:studio-dsr:problem:${code}\` | ${status} | ${retry ? "yes" : "no"} | ${title} |\n`,
  );
  return HEAD + rows.join("");
}
