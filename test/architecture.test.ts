import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * Who may import whom. The first row whose folder fits a file holds for it. `ours` are path beginnings,
 * `packages` are package names or scopes; Node's own modules are free except in `core`.
 */
const RULES: readonly { files: string; ours: readonly string[]; packages: readonly string[] }[] = [
  { files: "shared/core/", ours: ["shared/core/", "shared/errors.ts"], packages: ["zod"] },
  {
    files: "shared/pipeline/",
    ours: ["shared/pipeline/", "shared/core/", "shared/errors.ts", "shared/telemetry.ts"],
    packages: ["zod"],
  },
  {
    files: "shared/providers/arm/",
    ours: ["shared/providers/", "shared/core/", "shared/pipeline/ports.ts", "shared/errors.ts"],
    packages: ["zod", "@azure/"],
  },
  {
    files: "shared/providers/",
    ours: ["shared/providers/", "shared/core/", "shared/pipeline/ports.ts", "shared/errors.ts"],
    packages: ["zod", "jsonc-parser"],
  },
  {
    files: "shared/adapters/",
    ours: [
      "shared/adapters/",
      "shared/core/",
      "shared/pipeline/ports.ts",
      "shared/errors.ts",
      "shared/telemetry.ts",
    ],
    packages: ["zod", "jose", "@azure/", "@opentelemetry/"],
  },
  { files: "shared/errors.ts", ours: [], packages: [] },
  { files: "shared/telemetry.ts", ours: [], packages: [] },
  {
    files: "shared/config",
    ours: [
      "shared/config",
      "shared/core/caller-table.ts",
      "shared/errors.ts",
      "shared/studio-hosts.ts",
      "shared/setting-types.ts",
    ],
    packages: ["zod"],
  },
  { files: "shared/studio-hosts.ts", ours: [], packages: [] },
  { files: "shared/setting-types.ts", ours: [], packages: ["zod"] },
  { files: "shared/context", ours: ["shared/"], packages: ["@azure/"] },
  {
    files: "functions/",
    ours: ["functions/", "shared/"],
    packages: ["@azure/functions", "@opentelemetry/api", "zod"],
  },
  { files: "cli/", ours: ["cli/", "shared/core/wire.ts"], packages: ["zod", "commander", "jose"] },
  { files: "local/", ours: ["local/"], packages: ["*"] },
  { files: "test/faults/checker/", ours: ["test/faults/checker/"], packages: [] },
];

type Import = { readonly from: string; readonly to: string; readonly line: string };

function importsOf(file: string): Import[] {
  const text = readFileSync(file, "utf8");
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/g;
  return [...text.matchAll(pattern)].map((match) => {
    const to = match[1] ?? match[2] ?? match[3] ?? "";
    return { from: file, to, line: match[0].trim() };
  });
}

function violation({ from, to }: Import): string | null {
  const rule = RULES.find(({ files }) => from.startsWith(files));
  if (rule === undefined) return `${from} has no rule`;
  if (to.startsWith(".")) {
    const target = relative(".", join(dirname(from), to));
    return rule.ours.some((allowed) => target.startsWith(allowed))
      ? null
      : `${from} imports ${target}`;
  }
  if (to.startsWith("node:"))
    return from.startsWith("shared/core/") ? `${from} imports ${to}` : null;
  const isAllowed = rule.packages.some(
    (allowed) =>
      allowed === "*" || to === allowed || (allowed.endsWith("/") && to.startsWith(allowed)),
  );
  return isAllowed ? null : `${from} imports the package ${to}`;
}

const sources = globSync("{functions,shared,local,cli,test/faults/checker}/**/*.ts");

describe("the direction of imports", () => {
  it("finds the sources and their imports", () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(importsOf("shared/pipeline/commit.ts").map(({ to }) => to)).toContain(
      "../core/decide.ts",
    );
  });

  it("is core <- pipeline <- providers, adapters <- context <- functions, with local and the checker of faults apart", () => {
    const violations = sources
      .flatMap(importsOf)
      .map(violation)
      .filter((text) => text !== null);

    expect(violations).toEqual([]);
  });

  it("is noticed when it is broken", () => {
    const broken = [
      { from: "shared/core/decide.ts", to: "../pipeline/commit.ts", line: "" },
      { from: "shared/core/decide.ts", to: "node:fs", line: "" },
      { from: "shared/pipeline/commit.ts", to: "@azure/data-tables", line: "" },
      { from: "shared/providers/http.ts", to: "../adapters/service-bus.ts", line: "" },
      { from: "local/stack.ts", to: "../shared/config.ts", line: "" },
      { from: "cli/main.ts", to: "../shared/core/decide.ts", line: "" },
      { from: "test/faults/checker/check.ts", to: "../../../shared/core/request.ts", line: "" },
    ];

    expect(broken.map(violation)).toEqual([
      "shared/core/decide.ts imports shared/pipeline/commit.ts",
      "shared/core/decide.ts imports node:fs",
      "shared/pipeline/commit.ts imports the package @azure/data-tables",
      "shared/providers/http.ts imports shared/adapters/service-bus.ts",
      "local/stack.ts imports shared/config.ts",
      "cli/main.ts imports shared/core/decide.ts",
      "test/faults/checker/check.ts imports shared/core/request.ts",
    ]);
  });

  it("leaves no file longer than 250 lines", () => {
    const long = [...sources, ...globSync("{test,bench}/**/*.ts")]
      .map((file) => ({ file, lines: readFileSync(file, "utf8").split("\n").length - 1 }))
      .filter(({ lines }) => lines > 250);

    expect(long).toEqual([]);
  });
});
