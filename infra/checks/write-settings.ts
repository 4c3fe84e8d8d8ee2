/** `npm run settings`: writes infra/settings.json and docs/settings.md from the schema. */
import { writeFileSync } from "node:fs";
import { parseBicep } from "./bicep.ts";
import { defaultsText, docsText } from "./settings.ts";
import { readSources } from "./sources.ts";

const sources = readSources();
const trees = await parseBicep(sources);
writeFileSync("infra/settings.json", defaultsText(sources, trees));
writeFileSync("docs/settings.md", docsText(sources, trees));
console.log("Wrote infra/settings.json and docs/settings.md.");
