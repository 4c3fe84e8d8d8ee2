/**
 * A child process whose behaviour is chosen by flags: `--say TEXT` prints a line, `--exit CODE` ends at
 * once, `--stubborn` ignores SIGTERM. Otherwise it runs until it is ended.
 */
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    say: { type: "string" },
    exit: { type: "string" },
    stubborn: { type: "boolean", default: false },
  },
});

if (values.stubborn) process.on("SIGTERM", () => {});
if (values.say !== undefined) console.log(values.say);
if (values.exit === undefined) setInterval(() => {}, 60_000);
else process.exitCode = Number(values.exit);
