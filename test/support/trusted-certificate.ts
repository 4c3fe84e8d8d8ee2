import { readFile } from "node:fs/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Certificate } from "../../local/simulators/http/http-server.ts";
import { ensureCertificates } from "../../local/stack/certificates.ts";
import { temporaryFolder } from "./stack/temporary-folder.ts";

/** Adds an authority (a PEM file) to those that this process trusts, until the process ends. */
export async function trustAuthority(caFile: string): Promise<void> {
  const authority = await readFile(caFile, "utf8");
  setDefaultCACertificates([...getCACertificates("default"), authority]);
}

let certificate: Promise<Certificate> | undefined;

/**
 * A certificate for servers on 127.0.0.1, whose authority this process trusts from then on. Made once
 * per test file: key pairs take long.
 */
export function trustedCertificate(): Promise<Certificate> {
  certificate ??= makeCertificate();
  return certificate;
}

async function makeCertificate(): Promise<Certificate> {
  await using folder = await temporaryFolder();
  const { caFile, certFile, keyFile } = await ensureCertificates(folder.path, new Date());
  await trustAuthority(caFile);
  return { certPem: await readFile(certFile, "utf8"), keyPem: await readFile(keyFile, "utf8") };
}
