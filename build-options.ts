import { readFile } from "node:fs/promises";
import type { BuildOptions, Plugin } from "esbuild";

/** How bundles are made: by the build, and by whoever has to compare with it. */

/**
 * Zod's `z` holds everything that Zod has, its messages in fifty languages included. As the namespace of the
 * module, which is the same, a bundle takes in what is used: a fourth of it.
 */
const slimZod: Plugin = {
  name: "slim-zod",
  setup: (builder) => {
    builder.onLoad({ filter: /[/\\](functions|shared|cli)[/\\].*\.ts$/ }, async ({ path }) => ({
      loader: "ts",
      contents: (await readFile(path, "utf8")).replace(
        /^import \{ z \} from "zod";$/m,
        'import * as z from "zod";',
      ),
    }));
  },
};

/** What every bundle is made by. */
export const BUNDLE = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22.19",
  sourcemap: true,
  metafile: true,
  // Some packages' CommonJS form computes its imports, which a bundle cannot follow.
  mainFields: ["module", "main"],
  logLevel: "warning",
  plugins: [slimZod],
} satisfies BuildOptions;

/** Gives bundled CommonJS packages their `require`. */
export const BANNER = {
  js: 'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
};

/**
 * The app is ESM with code splitting, so that an SDK imported lazily is loaded only by the functions that need
 * it. `@azure/functions-core` is provided by the Functions host at run time.
 */
export const APP = {
  ...BUNDLE,
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  external: ["@azure/functions-core"],
  banner: BANNER,
} satisfies BuildOptions;
