import { existsSync, globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";

describe("the page on security", () => {
  it("names tests that exist", () => {
    const text = readFileSync("docs/security.md", "utf8");
    const named = [...text.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, file]) => `test/${file}`);

    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });
});

describe("the page on reliability", () => {
  it("names tests that exist", () => {
    const text = readFileSync("docs/reliability.md", "utf8");
    const named = [...text.matchAll(/`([\w-]+\.test\.ts)`/g)].flatMap(([, file]) => file ?? []);
    const there = new Set(globSync("test/**/*.test.ts").map((path) => basename(path)));

    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((file) => !there.has(file))).toEqual([]);
  });
});

describe("the pages for users", () => {
  it.each(["docs/deploy.md", "docs/operations.md", "SECURITY.md", "docs/security.md"])(
    "%s names files that exist",
    (page) => {
      const text = readFileSync(page, "utf8");
      const named = [...text.matchAll(/`((?:infra|docs|shared)\/[\w./-]+\.\w+)`/g)].flatMap(
        ([, file]) => file ?? [],
      );

      expect(named.filter((file) => !existsSync(file))).toEqual([]);
    },
  );

  it("names scripts of package.json only", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      scripts: Record<string, string>;
    };
    const text = ["docs/deploy.md", "docs/operations.md", "SECURITY.md"]
      .map((page) => readFileSync(page, "utf8"))
      .join("\n");
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].flatMap(([, name]) => name ?? []);

    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
