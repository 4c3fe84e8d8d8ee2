import { parseBicep, syntaxProblems, type Trees } from "./bicep.ts";
import { busProblems } from "./bus.ts";
import { hardeningProblems } from "./hardening.ts";
import { hostProblems } from "./host.ts";
import { operationsProblems } from "./operations.ts";
import { roleProblems } from "./roles.ts";
import { settingsProblems } from "./settings.ts";
import type { Sources } from "./sources.ts";
import { tableProblems } from "./tables.ts";

/**
 * Everything that can be known of the deployment without Azure and without the Bicep CLI, as sentences; empty when
 * all is well. What is no Bicep is told alone: the rest would follow from it.
 */
export async function problemsOf(sources: Sources): Promise<readonly string[]> {
  const trees = await parseBicep(sources);
  const syntax = syntaxProblems(trees);
  return syntax.length > 0 ? syntax : comparisons(sources, trees);
}

function comparisons(sources: Sources, trees: Trees): string[] {
  return [
    ...settingsProblems(sources, trees),
    ...busProblems(sources, trees),
    ...tableProblems(sources, trees),
    ...roleProblems(sources, trees),
    ...hardeningProblems(trees),
    ...hostProblems(sources),
    ...operationsProblems(sources, trees),
  ];
}
