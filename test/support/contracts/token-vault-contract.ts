import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import type { TokenVault } from "../../../shared/pipeline/ports.ts";

/** A name that nobody used: names are used once, also in a vault that tests share. */
export function newSecretName(): string {
  return `workspace-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}`;
}

/** States what every vault of tokens promises. */
export function tokenVaultContract(make: () => TokenVault): void {
  it("gives back a token exactly, to whoever has the name of its secret", async () => {
    const [vault, name] = [make(), newSecretName()];
    const token = `${"x/+".repeat(29)}==`;

    await vault.put(name, token);

    expect(await vault.read(name)).toBe(token);
  });

  it("keeps tokens apart", async () => {
    const vault = make();
    const [one, other] = [newSecretName(), newSecretName()];
    await vault.put(one, "token-1");
    await vault.put(other, "token-2");

    await vault.purge(one);

    expect([await vault.read(one), await vault.read(other)]).toEqual([null, "token-2"]);
  });

  it("has no token by a name that was never used", async () => {
    expect(await make().read(newSecretName())).toBeNull();
  });

  it("purges a token once and again, and one that never was", async () => {
    const [vault, name] = [make(), newSecretName()];
    await vault.put(name, "token-1");

    await vault.purge(name);
    await vault.purge(name);
    await vault.purge(newSecretName());

    expect(await vault.read(name)).toBeNull();
  });
}
