import { createServer, type Server } from "node:net";

/** The ports of the stack, all on 127.0.0.1. */
export const DEFAULT_PORTS = {
  host: 7071,
  broker: 5672,
  azuriteBlob: 10000,
  azuriteQueue: 10001,
  azuriteTable: 10002,
  studio: 7101,
  management: 7102,
  storage: 7103,
  arm: 7104,
  entra: 7105,
  vault: 7106,
  identity: 7107,
  control: 7108,
  execution: 7109,
} as const;

export type PortName = keyof typeof DEFAULT_PORTS;
export type Ports = Readonly<Record<PortName, number>>;

/** Ports that belong to one stack until `release`. */
export type PortClaim = {
  readonly ports: Ports;
  /** The preferred ports somebody else has, by name. */
  readonly taken: readonly PortName[];
  readonly release: () => Promise<void>;
};

const NAMES = Object.keys(DEFAULT_PORTS) as PortName[]; // Object.keys widens to string[]

/**
 * Free ports come in blocks below 32768, where Linux, macOS and Windows do not look for the local
 * port of an outgoing connection: so nothing takes the port of a process that is being restarted.
 */
const FIRST_BLOCK = 20_000;
const BLOCKS = 700;
const BLOCK_SIZE = 16;

/**
 * Chooses a port for every server of the stack: the preferred ones, with a free one where that is
 * taken, or free ones only (`any`).
 *
 * The first port of a block is held open by this process, which makes the block its own: two stacks
 * that start at the same moment never get the same free ports.
 */
export async function claimPorts(preferred: Ports | "any"): Promise<PortClaim> {
  const taken = preferred === "any" ? [] : await takenPorts(preferred);
  const missing = preferred === "any" ? NAMES : taken;
  const kept = preferred === "any" ? DEFAULT_PORTS : preferred;
  if (missing.length === 0) return { ports: kept, taken, release: async () => {} };
  const block = await claimBlock();
  const found = missing.map((name) => [name, block.firstPort + 1 + NAMES.indexOf(name)] as const);
  return {
    ports: { ...kept, ...Object.fromEntries(found) },
    taken,
    release: () => new Promise((resolve) => void block.holder.close(() => resolve())),
  };
}

/** True when a server can listen on the port of 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === null) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

async function takenPorts(ports: Ports): Promise<PortName[]> {
  const isFree = await Promise.all(NAMES.map((name) => isPortFree(ports[name])));
  return NAMES.filter((_name, index) => !isFree[index]);
}

async function claimBlock(): Promise<{ firstPort: number; holder: Server }> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const firstPort = FIRST_BLOCK + BLOCK_SIZE * Math.floor(Math.random() * BLOCKS);
    const holder = await listen(firstPort);
    if (holder === null) continue;
    holder.unref();
    const rest = Array.from({ length: NAMES.length }, (_unused, index) => firstPort + 1 + index);
    const free = await Promise.all(rest.map(isPortFree));
    if (free.every(Boolean)) return { firstPort, holder };
    await new Promise((resolve) => holder.close(resolve));
  }
  throw new Error(`No ${BLOCK_SIZE} free ports in a row were found on 127.0.0.1`);
}

/** A server that listens on the port, or null when somebody else does. */
function listen(port: number): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(null);
      else reject(error);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(server));
  });
}
