import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";

/** Absolute paths of PEM files. */
export type CertificateFiles = {
  /** The local authority: what a client has to trust (`NODE_EXTRA_CA_CERTS`). */
  readonly caFile: string;
  /** The servers' certificate for 127.0.0.1 and localhost, and its private key (mode 0600). */
  readonly certFile: string;
  readonly keyFile: string;
};

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_MS = 365 * DAY_MS;
const RENEW_BEFORE_MS = 30 * DAY_MS;

/**
 * The local certificate authority and the servers' certificate in a folder; made when they are
 * missing, cannot be read, or end within 30 days of `now`.
 *
 * The authority's private key is never written: it signs one certificate and is forgotten, so that
 * nobody can sign another one with an authority this machine trusts. RSA, because Azurite hands the
 * files to `https.createServer` as they are and every client accepts it.
 */
export async function ensureCertificates(folder: string, now: Date): Promise<CertificateFiles> {
  const files = {
    caFile: join(folder, "ca.pem"),
    certFile: join(folder, "server.pem"),
    keyFile: join(folder, "server-key.pem"),
  };
  if (!(await areUsable(files, now))) await makeCertificates(folder, files, now);
  return files;
}

async function areUsable(files: CertificateFiles, now: Date): Promise<boolean> {
  try {
    const ca = new X509Certificate(await readFile(files.caFile));
    const leaf = new X509Certificate(await readFile(files.certFile));
    const key = createPrivateKey(await readFile(files.keyFile));
    const endsAt = Math.min(ca.validToDate.getTime(), leaf.validToDate.getTime());
    const belongTogether = leaf.verify(ca.publicKey) && leaf.checkPrivateKey(key);
    return belongTogether && endsAt - now.getTime() > RENEW_BEFORE_MS;
  } catch {
    // Missing or damaged: made again.
    return false;
  }
}

async function makeCertificates(folder: string, files: CertificateFiles, now: Date): Promise<void> {
  const lifetime = {
    notBeforeDate: new Date(now.getTime() - DAY_MS),
    notAfterDate: new Date(now.getTime() + VALID_MS),
    algorithm: "sha256",
    keyType: "rsa" as const,
    keySize: 2048,
  };
  // Of two authorities by one name, a client that trusts both may try the wrong one.
  const value = `studio-dsr local authority ${randomBytes(4).toString("hex")}`;
  const ca = await generate([{ name: "commonName", value }], {
    ...lifetime,
    extensions: [
      { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: "commonName", value: "localhost" }], {
    ...lifetime,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(files.keyFile, leaf.private, 0o600);
  await replaceFile(files.certFile, leaf.cert, 0o644);
  await replaceFile(files.caFile, ca.cert, 0o644);
}

/** Writes beside the file and renames, so that a half-written one is never read. */
async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
}
