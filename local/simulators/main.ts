import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { SURFACE_NAMES, type SurfaceName } from "./http/surface-name.ts";
import { startSimulators } from "./start-simulators.ts";

/**
 * Starts the simulators as a process of their own. It prints one line, `READY` and the addresses as JSON,
 * when all surfaces listen, and ends cleanly on SIGTERM or SIGINT.
 */

type Options = {
  readonly cert: string;
  readonly key: string;
  readonly data?: string;
  readonly ports: Partial<Record<SurfaceName, number>>;
  readonly identityHeader: string;
  readonly large?: number;
  readonly bulk?: number;
  readonly bulkBytes: number;
};

const options = new Command("simulators")
  .description(
    "Studio (classic), Resource Manager, Entra, managed identity and Key Vault, simulated",
  )
  .requiredOption("--cert <file>", "certificate valid for 127.0.0.1, PEM")
  .requiredOption("--key <file>", "its private key, PEM")
  .option("--data <folder>", "keeps the signing key and the vault over a restart")
  .option("--ports <list>", "for example studio=4001,arm=4002; others are free ones", toPorts, {})
  .option("--identity-header <text>", "value of IDENTITY_HEADER", "local")
  .option("--large <bytes>", "adds a generated data set of that size", toWholeNumber)
  .option("--bulk <count>", "adds a workspace with so many generated data sets", toWholeNumber)
  .option("--bulk-bytes <bytes>", "size of each of them", toWholeNumber, 8192)
  .parse()
  .opts<Options>();

const simulators = await startSimulators({
  certificate: {
    certPem: await readFile(options.cert, "utf8"),
    keyPem: await readFile(options.key, "utf8"),
  },
  identityHeader: options.identityHeader,
  ports: options.ports,
  ...(options.data !== undefined && { dataFolder: options.data }),
  ...(options.bulk !== undefined && {
    bulkDatasets: { count: options.bulk, bytes: options.bulkBytes },
  }),
  ...(options.large !== undefined && { largeDatasetBytes: options.large }),
});
const stopped = Promise.withResolvers<void>();
process.once("SIGTERM", stopped.resolve).once("SIGINT", stopped.resolve);
console.log(`READY ${JSON.stringify(simulators.addresses)}`);
await stopped.promise;
await simulators[Symbol.asyncDispose]();

function toPorts(text: string): Partial<Record<SurfaceName, number>> {
  const entries = text.split(",").map((entry) => {
    const [name = "", port = ""] = entry.split("=");
    const surface = SURFACE_NAMES.find((known) => known === name);
    if (surface === undefined) throw new InvalidArgumentError(`no surface is called "${name}"`);
    return [surface, toWholeNumber(port)] as const;
  });
  return Object.fromEntries(entries);
}

function toWholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number`);
  return Number(text);
}
