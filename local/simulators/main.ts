import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { type Fault, faultsSchema } from "./control/faults.ts";
import { type SwitchChange, switchChangeSchema } from "./control/switches.ts";
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
  readonly bulkBytes: readonly number[];
  readonly small?: number;
  readonly tokenSeconds?: number;
  readonly switches?: SwitchChange;
  readonly faults?: readonly Fault[];
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
  .option("--bulk-bytes <list>", "their sizes with commas, taken in turn", toWholeNumbers, [8192])
  .option("--small <count>", "adds so many small workspaces of all types", toWholeNumber)
  .option("--token-seconds <seconds>", "how long tokens are good for", toWholeNumber)
  .option("--switches <file or json>", "where the switches stand at the start", (given) =>
    fromJson(given, switchChangeSchema),
  )
  .option("--faults <file or json>", "faults in force from the start", (given) =>
    fromJson(given, faultsSchema),
  )
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
  ...(options.switches !== undefined && { switches: options.switches }),
  ...(options.faults !== undefined && { faults: options.faults }),
  ...(options.bulk !== undefined && {
    bulkDatasets: { count: options.bulk, bytes: options.bulkBytes },
  }),
  ...(options.small !== undefined && { smallWorkspaces: options.small }),
  ...(options.tokenSeconds !== undefined && { tokenLifetimeSeconds: options.tokenSeconds }),
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

/** JSON as it is given, or the content of a file. */
function fromJson<Shape>(given: string, schema: z.ZodType<Shape>): Shape {
  const isInline = /^\s*[[{]/.test(given);
  if (!isInline && !existsSync(given)) {
    throw new InvalidArgumentError(`there is no file "${given}", and it is not JSON`);
  }
  const text = isInline ? given : readFileSync(given, "utf8");
  const read = schema.safeParse(parsedOf(text));
  if (!read.success) throw new InvalidArgumentError(`\n${z.prettifyError(read.error)}`);
  return read.data;
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : "it is not JSON");
  }
}

function toWholeNumbers(text: string): readonly number[] {
  return text.split(",").map(toWholeNumber);
}

function toWholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number`);
  return Number(text);
}
