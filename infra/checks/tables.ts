import { stringsOf, type Trees, variableOf } from "./bicep.ts";
import { differences, type Sources } from "./sources.ts";

const DATA = "infra/modules/data-storage.bicep";

/** Tables that the code opens and the deployment does not make, or the other way round. */
export function tableProblems(sources: Sources, trees: Trees): string[] {
  const opened = Object.entries(sources)
    .filter(([path]) => path.startsWith("shared/context"))
    .flatMap(([, text]) => [...text.matchAll(/(?:\btable\(|TableClient\([^,()]+, )"(\w+)"/g)])
    .flatMap(([, name]) => name ?? []);
  return differences(
    ["shared/context", opened],
    [DATA, stringsOf(variableOf(trees, DATA, "tables"))],
  );
}
