import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Certificate } from "../../local/simulators/http/http-server.ts";
import { type CertificateFiles, ensureCertificates } from "../../local/stack/certificates.ts";
import { temporaryFolder } from "./stack/temporary-folder.ts";

/** Adds an authority (a PEM file) to those that this process trusts, until the process ends. */
export async function trustAuthority(caFile: string): Promise<void> {
  const authority = await readFile(caFile, "utf8");
  setDefaultCACertificates([...getCACertificates("default"), authority]);
}

type Made = Certificate & { readonly caPem: string };
let certificate: Promise<Made> | undefined;

/**
 * A certificate for servers on 127.0.0.1, whose authority this process trusts from then on. Made once
 * per test file: key pairs take long, and a second authority of that name would be taken for the first.
 */
export function trustedCertificate(): Promise<Made> {
  certificate ??= makeCertificate();
  return certificate;
}

/** The same as files in a folder, for a server that is another process. */
export async function trustedCertificateFiles(folder: string): Promise<CertificateFiles> {
  const { caPem, certPem, keyPem } = await trustedCertificate();
  const files = {
    caFile: join(folder, "ca.pem"),
    certFile: join(folder, "server.pem"),
    keyFile: join(folder, "server-key.pem"),
  };
  await Promise.all([
    writeFile(files.caFile, caPem),
    writeFile(files.certFile, certPem),
    writeFile(files.keyFile, keyPem),
  ]);
  return files;
}

async function makeCertificate(): Promise<Made> {
  await using folder = await temporaryFolder();
  const { caFile, certFile, keyFile } = await ensureCertificates(folder.path, new Date());
  await trustAuthority(caFile);
  const [caPem, certPem, keyPem] = await Promise.all([
    readFile(caFile, "utf8"),
    readFile(certFile, "utf8"),
    readFile(keyFile, "utf8"),
  ]);
  return { caPem, certPem, keyPem };
}
