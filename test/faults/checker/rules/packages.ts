import type { Evidence, Package, SourceThing, Submission } from "../evidence.ts";
import type { Finding } from "../finding.ts";

/**
 * A package agrees with its own manifests, holds or names everything that was asked for, and holds each content as the
 * source has it.
 */
export function corruptPackages({ packages, requests, submissions, source }: Evidence): Finding[] {
  const asked = new Map(submissions.map((submission) => [submission.key, submission]));
  const keyById = new Map(requests.map(({ requestId, key }) => [requestId, key ?? ""]));
  const known = new Map(source.before.map((thing) => [thing.thing, thing]));
  return packages.flatMap((found) => {
    const texts = [
      ...found.problems,
      ...missing(found, asked.get(keyById.get(found.requestId) ?? "")),
      ...altered(found, known),
    ];
    // One package is one count, however much is wrong with it.
    return texts.length === 0 ? [] : [corrupt(found.requestId, texts)];
  });
}

function missing({ holds, exceptions }: Package, submission: Submission | undefined): string[] {
  const named = new Set([...holds.map(({ thing }) => thing), ...exceptions]);
  return (submission?.things ?? [])
    .filter((thing) => !named.has(thing))
    .map((thing) => `${thing} is neither in it nor named as missing`);
}

function altered({ holds }: Package, known: ReadonlyMap<string, SourceThing>): string[] {
  return holds
    .filter(({ thing, sha256 }) => {
      const original = known.get(thing)?.sha256 ?? null;
      return sha256 !== null && original !== null && sha256 !== original;
    })
    .map(({ thing }) => `${thing} is not as it is at its source`);
}

function corrupt(about: string, texts: readonly string[]): Finding {
  const more = texts.length > 3 ? `, and ${texts.length - 3} more` : "";
  return { count: "corruptPackages", about, text: texts.slice(0, 3).join("; ") + more };
}
