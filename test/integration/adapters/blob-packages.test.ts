import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { blobPackages } from "../../../shared/adapters/blob-packages.ts";
import { systemClock } from "../../../shared/adapters/system-clock.ts";
import { type StorageAccount, storageAccounts } from "../../support/azurite.ts";
import { packageLinksContract } from "../../support/contracts/package-links-contract.ts";
import { packagesContract } from "../../support/contracts/packages-contract.ts";
import { newRequestId } from "../../support/contracts/samples.ts";
import { later, passes } from "../../support/real-time.ts";

describe.each(storageAccounts())("blob packages on %s", (_place, open) => {
  let account: StorageAccount;
  beforeAll(async () => {
    account = await open();
  });
  afterAll(() => account[Symbol.asyncDispose]());

  packagesContract(() => blobPackages(account.blobs, systemClock));

  packageLinksContract(() => ({
    packages: blobPackages(account.blobs, systemClock),
    visit: async (link, method = "GET") => {
      const body = method === "PUT" ? "overwritten" : null;
      const headers = { "x-ms-blob-type": "BlockBlob", "x-ms-version": "2024-11-04" };
      const response = await fetch(link, { method, body, headers });
      return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
    },
    later,
    passes,
  }));

  it("makes links for reading one blob over HTTPS, begun 15 minutes ago, as attachments", async () => {
    const packages = blobPackages(account.blobs, systemClock);
    const requestId = newRequestId();
    const expiresAt = later(3_600_000);

    const link = new URL((await packages.linker(requestId, expiresAt))("p/a"));

    const { sp, sr, spr, se, st = "", rscd } = Object.fromEntries(link.searchParams);
    expect({ sp, sr, spr, se, rscd }).toEqual({
      sp: "r",
      sr: "b",
      spr: "https",
      se: `${expiresAt.slice(0, 19)}Z`,
      rscd: "attachment",
    });
    expect(Date.parse(expiresAt) - Date.parse(st)).toBeCloseTo(75 * 60_000, -4);
    expect(link.pathname.endsWith(`/export-${requestId}/p/a`)).toBe(true);
  });

  it("asks for a signing key once, and again for links that outlive it", async () => {
    const ask = vi.spyOn(account.blobs, "getUserDelegationKey");
    const packages = blobPackages(account.blobs, systemClock);
    const requestId = newRequestId();

    for (const hours of [1, 2, 23, 25]) {
      await packages.linker(requestId, later(hours * 3_600_000));
    }

    expect(ask).toHaveBeenCalledTimes(2);
    ask.mockRestore();
  });

  it("refuses links that are to work for more than 7 days", async () => {
    const packages = blobPackages(account.blobs, systemClock);

    const linker = packages.linker(newRequestId(), later(7 * 24 * 3_600_000));

    await expect(linker).rejects.toMatchObject({ code: "internal" });
  });
});
