import { CommandError } from "./command-error.ts";

/** What a request is about, as the command line takes it. */

/** Words of a command that name what a request is about. */
export type ScopeWords = {
  /** The ARM id of a workspace, or its id of 32 hex digits. */
  readonly workspace?: string | undefined;
  /** A person, by e-mail address or account id. */
  readonly subject?: string | undefined;
  /** Single assets of the workspace, each as `<kind>:<id>`. */
  readonly assets?: readonly string[] | undefined;
};

/**
 * The scope that these words name, not checked any further. Throws a usage error unless they name either a workspace,
 * or a person.
 */
export function scopeOf({ workspace, subject, assets = [] }: ScopeWords): unknown {
  if ((workspace === undefined) === (subject === undefined)) {
    throw wrong("Name a workspace, or a person with --subject: one of the two.");
  }
  if (subject !== undefined) {
    if (assets.length > 0) throw wrong("--asset names assets of a workspace, not of a person.");
    return { subject: subject.includes("@") ? { email: subject } : { accountId: subject } };
  }
  if (assets.length === 0) return { workspace };
  return { assets: assets.map((text) => assetRef(text, workspace ?? "")) };
}

/** Says how the words have to look; for what the schema of the API does not take. */
export function notAScope(): CommandError {
  return wrong(
    "Name a workspace by its ARM id or its id of 32 hex digits, single assets as <kind>:<id>, such as dataset:<id>, " +
      "a person by e-mail address or account id.",
  );
}

function assetRef(text: string, workspace: string) {
  const at = text.indexOf(":");
  return { kind: text.slice(0, at), id: text.slice(at + 1), workspace };
}

function wrong(message: string): CommandError {
  return new CommandError(message, { exitCode: 2 });
}
