import { globSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type BuildOptions, build } from "esbuild";

/**
 * Builds the Functions app and the command line into `dist/`.
 *
 * The app is ESM with code splitting, so that an SDK imported lazily is loaded only by the functions
 * that need it. The banner gives bundled CommonJS packages their `require`; `@azure/functions-core`
 * is provided by the Functions host at run time.
 */
const shared = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22.19",
  sourcemap: true,
  metafile: true,
  outdir: "dist",
  // Some packages' CommonJS form computes its imports, which a bundle cannot follow.
  mainFields: ["module", "main"],
  logLevel: "warning",
} satisfies BuildOptions;
const banner = {
  js: 'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
};

const builds = await Promise.all([
  build({
    ...shared,
    entryPoints: { main: "functions/main.ts" },
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    external: ["@azure/functions-core"],
    banner,
  }),
  build({
    ...shared,
    entryPoints: { "studio-dsr": "cli/main.ts" },
    banner: { js: `#!/usr/bin/env node\n${banner.js}` },
  }),
]);

// What an earlier build left goes last, so that a build beside a running app never takes its files away
// before the new ones are there.
const built = new Set(builds.flatMap(({ metafile }) => Object.keys(metafile.outputs)));
const stale = globSync("dist/**/*.{js,map}").filter((file) => !built.has(file));
await Promise.all(stale.map((file) => rm(file)));
