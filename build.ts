import { globSync } from "node:fs";
import { rm } from "node:fs/promises";
import { build } from "esbuild";
import { APP, BANNER, BUNDLE } from "./build-options.ts";

/** Builds the Functions app and the command line into `dist/`. */

const builds = await Promise.all([
  build({ ...APP, outdir: "dist", entryPoints: { main: "functions/main.ts" } }),
  build({
    ...BUNDLE,
    outdir: "dist",
    entryPoints: { "studio-dsr": "cli/main.ts" },
    banner: { js: `#!/usr/bin/env node\n${BANNER.js}` },
  }),
]);

// What an earlier build left goes last, so that a build beside a running app never takes its files away
// before the new ones are there.
const built = new Set(builds.flatMap(({ metafile }) => Object.keys(metafile.outputs)));
const stale = globSync("dist/**/*.{js,map}").filter((file) => !built.has(file));
await Promise.all(stale.map((file) => rm(file)));
