/** `npm run infra:check`, a part of `npm run check`: compares the deployment with the code, offline. */
import { spawnSync } from "node:child_process";
import { parseBicep } from "./bicep.ts";
import { problemsOf } from "./check.ts";
import { readSources } from "./sources.ts";

const sources = readSources();
const problems = [...(await problemsOf(sources)), ...cliProblems()];
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`The deployment has ${problems.length} problems.`);
  process.exitCode = 1;
} else {
  console.log(
    `The deployment agrees with the code (${(await parseBicep(sources)).size} Bicep files).`,
  );
}

/** What the Bicep CLI finds, where there is one; it alone knows the types of resources. */
function cliProblems(): string[] {
  const found = [["bicep"], ["az", "bicep"]].find(
    ([command = "", ...rest]) => spawnSync(command, [...rest, version(rest)]).status === 0,
  );
  if (found === undefined) {
    console.log("No Bicep CLI here: bicep build and bicep lint are left out.");
    return [];
  }
  const [command = "", ...rest] = found;
  return [["build", "--stdout"], ["lint"]].flatMap(([verb = "", ...flags]) => {
    const file = rest.length === 0 ? ["infra/main.bicep"] : ["--file", "infra/main.bicep"];
    const { status, stderr } = spawnSync(command, [...rest, verb, ...file, ...flags]);
    return status === 0 ? [] : [`bicep ${verb}: ${stderr.toString().trim()}`];
  });
}

/** The stand-alone tool has an option, the Azure CLI a command. */
function version(rest: readonly string[]): string {
  return rest.length === 0 ? "--version" : "version";
}
