/**
 * Makes `out/app`: what is deployed to every app. It is a folder of its own, because the bundle needs no
 * `node_modules`, and no build on Azure.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";

const folder = "out/app";
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await cp("host.json", `${folder}/host.json`);
await cp("dist", `${folder}/dist`, {
  recursive: true,
  // The command line is not part of the app.
  filter: (source) => !/studio-dsr\.js(\.map)?$/.test(source),
});
const app = { name: "studio-dsr", private: true, type: "module", main: "dist/main.js" };
await writeFile(`${folder}/package.json`, `${JSON.stringify(app, null, 2)}\n`);
console.log(`Made ${folder}.`);
