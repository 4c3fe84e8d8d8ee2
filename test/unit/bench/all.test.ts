import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runAll } from "../../../bench/all.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

/** Prints figures as a bench does: one or several, as its name says, or none and fails. */
const MAIN = `
const [name] = process.argv.slice(2);
console.log("on the way");
if (name === "fails") process.exit(1);
const figure = (part) => ({ name: name + part });
console.log(JSON.stringify(name === "two" ? [figure(" a"), figure(" b")] : figure("")));
process.exitCode = 1;
`;

async function all(...names: string[]) {
  await using folder = await temporaryFolder();
  const main = join(folder.path, "main.mjs");
  await writeFile(main, MAIN);
  const lines: string[] = [];
  const run = runAll(main, names, { onProgress: (line) => void lines.push(line) });
  return { outcome: await run.catch((error: Error) => error.message), lines };
}

it("gives the figures of every bench, in order, whether their targets are met or not", async () => {
  const { outcome } = await all("one", "two", "three");

  expect(outcome).toEqual([
    { name: "one" },
    { name: "two a" },
    { name: "two b" },
    { name: "three" },
  ]);
});

it("names a bench that failed, and runs and tells the others all the same", async () => {
  const { outcome, lines } = await all("one", "fails", "three");

  expect(outcome).toContain("fails");
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual([{ name: "one" }, { name: "three" }]);
});
