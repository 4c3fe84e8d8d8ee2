import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { SURFACE_NAMES } from "../simulators/http/surface-name.ts";
import type { CertificateFiles } from "./certificates.ts";
import type { ChildSpec } from "./child-process.ts";
import type { Ports } from "./ports.ts";
import { readyLine } from "./ready-line.ts";

/** What the simulators say when all of them listen. Origins, except `identity`, `issuer` and `jwks`. */
const readySchema = z.object({
  studio: z.url(),
  management: z.url(),
  storage: z.url(),
  arm: z.url(),
  entra: z.url(),
  vault: z.url(),
  identity: z.url(),
  execution: z.url(),
  control: z.url(),
  tenantId: z.string(),
  subscriptions: z.array(z.string()),
  issuer: z.url(),
  jwks: z.url(),
});
export type SimulatorsReady = z.infer<typeof readySchema>;

type Options = {
  readonly dataDir: string;
  readonly ports: Ports;
  readonly certificates: CertificateFiles;
  /** What a managed identity has to show to get a token. */
  readonly identityHeader: string;
  /** Size of one more data set of the seeded standard workspace, made while it is read. */
  readonly largeBytes: number | undefined;
  /** More flags of the process, without their dashes: `switches`, `bulk`, `bulk-bytes`. */
  readonly flags: Readonly<Record<string, string | number>> | undefined;
};

/** The process that stands for Studio (classic), ARM, Entra and Key Vault. */
export function simulators(options: Options): ChildSpec<SimulatorsReady> {
  const ports = SURFACE_NAMES.map((surface) => `${surface}=${options.ports[surface]}`).join(",");
  const { certFile, keyFile, caFile } = options.certificates;
  return {
    name: "simulators",
    script: fileURLToPath(new URL("../simulators/main.ts", import.meta.url)),
    flags: {
      cert: certFile,
      key: keyFile,
      data: join(options.dataDir, "simulators"),
      ports,
      "identity-header": options.identityHeader,
      large: options.largeBytes,
      ...options.flags,
    },
    env: { NODE_EXTRA_CA_CERTS: caFile },
    readiness: { by: "line", read: (line) => readyLine(line, readySchema) },
    readyWithinMs: 60_000,
    graceMs: 5_000,
  };
}
