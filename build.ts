import { rm } from "node:fs/promises";
import { type BuildOptions, build } from "esbuild";

/**
 * Builds the Functions app and the command line into `dist/`.
 *
 * The app is ESM with code splitting, so that an SDK imported lazily is loaded only by the functions
 * that need it. The banner gives bundled CommonJS packages their `require`; `@azure/functions-core`
 * is provided by the Functions host at run time.
 */
const shared: BuildOptions = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22.19",
  sourcemap: true,
  // Some packages' CommonJS form computes its imports, which a bundle cannot follow.
  mainFields: ["module", "main"],
  logLevel: "warning",
};
const banner = {
  js: 'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
};

await rm("dist", { recursive: true, force: true });
await build({
  ...shared,
  entryPoints: { main: "functions/main.ts" },
  outdir: "dist",
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  external: ["@azure/functions-core"],
  banner,
});
await build({
  ...shared,
  entryPoints: { "studio-dsr": "cli/main.ts" },
  outdir: "dist",
  banner: { js: `#!/usr/bin/env node\n${banner.js}` },
});
