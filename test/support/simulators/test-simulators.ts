import { readFile } from "node:fs/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import {
  type SimulatorOptions,
  type Simulators,
  startSimulators,
} from "../../../local/simulators/start-simulators.ts";
import { ensureCertificates } from "../../../local/stack/certificates.ts";
import { temporaryFolder } from "../stack/temporary-folder.ts";

/** Value of `IDENTITY_HEADER` in tests. */
export const IDENTITY_HEADER = "test-identity-header";

/** Simulators on free ports in this process; this process trusts their certificate from now on. */
export async function startTestSimulators(
  options: Partial<SimulatorOptions> = {},
): Promise<Simulators> {
  return startSimulators({
    certificate: await trustedCertificate(),
    identityHeader: IDENTITY_HEADER,
    ...options,
  });
}

let certificate: Promise<SimulatorOptions["certificate"]> | undefined;

/** Made once per test file: key pairs take long. */
function trustedCertificate(): Promise<SimulatorOptions["certificate"]> {
  certificate ??= makeCertificate();
  return certificate;
}

async function makeCertificate(): Promise<SimulatorOptions["certificate"]> {
  await using folder = await temporaryFolder();
  const files = await ensureCertificates(folder.path, new Date());
  const authority = await readFile(files.caFile, "utf8");
  setDefaultCACertificates([...getCACertificates("default"), authority]);
  return {
    certPem: await readFile(files.certFile, "utf8"),
    keyPem: await readFile(files.keyFile, "utf8"),
  };
}
