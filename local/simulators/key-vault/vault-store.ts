import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JWK } from "jose";
import { z } from "zod";

const versionSchema = z.object({ version: z.string(), createdAtSeconds: z.int() });
const secretsSchema = z.record(z.string(), z.array(versionSchema.extend({ value: z.string() })));
const vaultSchema = z.object({
  secrets: secretsSchema,
  deletedSecrets: secretsSchema.default({}),
  keys: z.record(z.string(), z.array(versionSchema.extend({ jwk: z.looseObject({}) }))),
});

/** One version of a secret. */
export type SecretVersion = z.output<typeof secretsSchema>[string][number];

/** One version of an ES256 key, private part included. */
export type KeyVersion = Omit<SecretVersion, "value"> & { readonly jwk: JWK };

/** The vault's content. It is kept in `vault.json` of the data folder, or in memory when there is none. */
export class VaultStore {
  readonly #path: string | null;
  #secrets: Record<string, SecretVersion[]> = {};
  #deletedSecrets: Record<string, SecretVersion[]> = {};
  #keys: Record<string, KeyVersion[]> = {};

  private constructor(path: string | null) {
    this.#path = path;
  }

  /** Reads what an earlier run kept. Throws when the file is not one of ours. */
  static async open(dataFolder: string | null): Promise<VaultStore> {
    if (dataFolder === null) return new VaultStore(null);
    await mkdir(dataFolder, { recursive: true });
    const store = new VaultStore(join(dataFolder, "vault.json"));
    await store.#load();
    return store;
  }

  /** The asked version, or the newest. Names are compared as written. */
  secret(name: string, version: string | null): SecretVersion | null {
    return pick(this.#secrets[name], version);
  }

  key(name: string, version: string | null): KeyVersion | null {
    return pick(this.#keys[name], version);
  }

  /** Every version of a key, oldest first. */
  keyVersions(name: string): readonly KeyVersion[] {
    return this.#keys[name] ?? [];
  }

  async addSecret(name: string, value: string): Promise<SecretVersion> {
    const added = { ...newVersion(), value };
    this.#secrets[name] = [...(this.#secrets[name] ?? []), added];
    await this.#save();
    return added;
  }

  /** The newest version of a secret that is deleted and not purged; null when there is none. */
  deletedSecret(name: string): SecretVersion | null {
    return pick(this.#deletedSecrets[name], null);
  }

  /** Deletes all versions, recoverably, and returns the newest; null when there was none. */
  async removeSecret(name: string): Promise<SecretVersion | null> {
    const removed = this.#secrets[name];
    if (removed === undefined) return null;
    this.#deletedSecrets[name] = removed;
    delete this.#secrets[name];
    await this.#save();
    return pick(removed, null);
  }

  /** Removes a deleted secret for good; false when there was none. */
  async purgeSecret(name: string): Promise<boolean> {
    const isThere = name in this.#deletedSecrets;
    delete this.#deletedSecrets[name];
    await this.#save();
    return isThere;
  }

  /** Makes a new P-256 key, or a new version of one. */
  async addKey(name: string): Promise<KeyVersion> {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const added = { ...newVersion(), jwk: privateKey.export({ format: "jwk" }) as JWK }; // Node's own JWK type is looser
    this.#keys[name] = [...(this.#keys[name] ?? []), added];
    await this.#save();
    return added;
  }

  async #load(): Promise<void> {
    if (this.#path === null) return;
    try {
      const stored = vaultSchema.parse(JSON.parse(await readFile(this.#path, "utf8")));
      this.#secrets = stored.secrets;
      this.#deletedSecrets = stored.deletedSecrets;
      this.#keys = stored.keys;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }

  /** Writes beside and renames, so that a kill leaves the old file or the new one. */
  async #save(): Promise<void> {
    if (this.#path === null) return;
    const content = {
      secrets: this.#secrets,
      deletedSecrets: this.#deletedSecrets,
      keys: this.#keys,
    };
    const text = JSON.stringify(content);
    const draft = `${this.#path}.${randomUUID()}`;
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, this.#path);
  }
}

function pick<Version extends { readonly version: string }>(
  versions: readonly Version[] | undefined,
  version: string | null,
): Version | null {
  const found =
    version === null ? versions?.at(-1) : versions?.find((one) => one.version === version);
  return found ?? null;
}

function newVersion(): { version: string; createdAtSeconds: number } {
  return {
    version: randomUUID().replaceAll("-", ""),
    createdAtSeconds: Math.floor(Date.now() / 1000),
  };
}
