import { join } from "node:path";
import { temporaryFolder } from "../stack/temporary-folder.ts";
import { type FakeApi, startFakeApi } from "./fake-api.ts";
import { runCli } from "./run-cli.ts";
import { sampleBag } from "./sample-bag.ts";

/** The request that the fake API knows. */
export const REQUEST_ID = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

/** A command line, the API it talks to, and a folder that goes with them. */
export interface CliSetup extends AsyncDisposable {
  readonly api: FakeApi & AsyncDisposable;
  readonly folder: string;
  /** A folder that is not there yet. */
  readonly out: string;
  readonly run: (...args: string[]) => ReturnType<typeof runCli>;
  /** Downloads the request to `out`. */
  readonly download: (...flags: string[]) => ReturnType<typeof runCli>;
}

/** A new setup whose package is the sample bag with changes. */
export async function cliSetup(changes: Readonly<Record<string, string>> = {}): Promise<CliSetup> {
  const folder = await temporaryFolder();
  const api = await startFakeApi(folder.path, { ...sampleBag(), ...changes });
  const out = join(folder.path, "out");
  const run = (...args: string[]) => runCli(args, { STUDIO_DSR_STACK: api.stackFile });
  return {
    api,
    out,
    folder: folder.path,
    run,
    download: (...flags) => run("download", REQUEST_ID, "--out", out, ...flags),
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
