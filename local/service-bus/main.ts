import { setFlagsFromString } from "node:v8";
import { Command, InvalidArgumentError } from "commander";
import { type Broker, startBroker } from "./broker.ts";
import { readConfig } from "./config.ts";

type Options = {
  readonly config: string;
  readonly port: number;
  readonly data?: string;
  readonly controlPort?: number;
};

// By default V8 lets the heap of a busy broker grow to several times what its messages take up.
setFlagsFromString("--heap-growing-percent=70");

const program = new Command("service-bus")
  .description("A Service Bus broker on this machine, for the official clients over AMQP 1.0.")
  .requiredOption(
    "--config <file>",
    "entities, in the shape of the official emulator's Config.json",
  )
  .option("--port <number>", "port on 127.0.0.1; 0 takes a free one", parsePort, 5672)
  .option("--data <folder>", "where to keep messages; without it they end with the broker")
  .option(
    "--control-port <number>",
    "port on 127.0.0.1 of a control endpoint for tests; 0 takes a free one",
    parsePort,
  )
  .action(run);

await program.parseAsync();

/**
 * Runs until SIGTERM or SIGINT. The first line on stdout is the connection string, the second the
 * address of the control endpoint when there is one.
 */
async function run({ config, port, data, controlPort }: Options): Promise<void> {
  try {
    const broker = await startBroker({
      port,
      config: readConfig(config),
      dataDir: data,
      controlPort,
      onRefusal: (sentence) => console.error(`service-bus: ${sentence}`),
    });
    closeOnSignal(broker);
    console.log(`ConnectionString=${broker.connectionString}`);
    if (broker.controlUrl !== undefined) {
      console.log(`Control=${broker.controlUrl}`);
    }
  } catch (error) {
    program.error(`service-bus: ${explain(error)}`);
  }
}

function closeOnSignal(broker: Broker): void {
  const signals = ["SIGTERM", "SIGINT"] as const;
  const close = async (): Promise<void> => {
    for (const signal of signals) {
      process.removeListener(signal, onSignal);
    }
    await broker.close();
  };
  const onSignal = (): void => void close();
  for (const signal of signals) {
    process.once(signal, onSignal);
  }
}

function explain(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    const port = "port" in error ? String(error.port) : "";
    return `port ${port} is taken. Stop what listens there, or choose another with --port.`;
  }
  return error instanceof Error ? error.message : String(error);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError("expected a number from 0 to 65535");
  }
  return port;
}
