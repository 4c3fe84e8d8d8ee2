import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const workflows = globSync(".github/workflows/*.yml").map((file) => ({
  file,
  text: readFileSync(file, "utf8"),
}));
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  scripts: Record<string, string>;
};

describe("the workflows", () => {
  it("are three", () => {
    expect(workflows.map(({ file }) => file).toSorted()).toEqual([
      ".github/workflows/azure-dev.yml",
      ".github/workflows/ci.yml",
      ".github/workflows/nightly.yml",
    ]);
  });

  it.each(workflows)(
    "$file pins every action by its commit, and says which version that is",
    ({ text }) => {
      const actions = text.match(/uses: .*/g) ?? [];

      expect(actions.length).toBeGreaterThan(1);
      for (const action of actions) expect(action).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    },
  );

  it.each(workflows)("$file gives its jobs no right to write the repository", ({ text }) => {
    expect(text).toContain("permissions:\n  contents: read\n");
    expect(text).not.toMatch(/contents: write|write-all/);
  });

  it.each(workflows)("$file runs scripts that there are", ({ text }) => {
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].flatMap(([, name]) => name ?? []);

    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
