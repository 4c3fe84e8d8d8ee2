import { expect, it } from "vitest";
import { NO_CLAIM } from "../../../shared/core/workspace-claim.ts";
import type { WorkspaceClaims } from "../../../shared/pipeline/ports.ts";

const KEY = "b577bbf6c46640c822e2a6e3d255d437";
const FIRST = { exports: ["a".repeat(32)], deletion: null };
const SECOND = { exports: [], deletion: "d".repeat(32) };

/** States what every store of workspace claims promises. `make` gives an empty one. */
export function claimsContract(make: () => WorkspaceClaims): void {
  it("has no claim of a workspace that nobody ever claimed", async () => {
    expect(await make().load(KEY)).toBeNull();
  });

  it("takes the first claim once", async () => {
    const claims = make();
    await claims.save(KEY, FIRST, null);

    const second = claims.save(KEY, SECOND, null);

    await expect(second).rejects.toMatchObject({ code: "store-conflict" });
    expect((await claims.load(KEY))?.value).toEqual(FIRST);
  });

  it("takes one of two changes that were made to the same version, even one that changes nothing", async () => {
    const claims = make();
    await claims.save(KEY, FIRST, null);
    const version = (await claims.load(KEY))?.version ?? null;

    await claims.save(KEY, FIRST, version);
    const late = claims.save(KEY, SECOND, version);

    await expect(late).rejects.toMatchObject({ code: "store-conflict" });
    expect((await claims.load(KEY))?.value).toEqual(FIRST);
  });

  it("keeps the claims of workspaces apart", async () => {
    const claims = make();
    await claims.save(KEY, SECOND, null);

    await claims.save("f".repeat(32), NO_CLAIM, null);

    expect((await claims.load(KEY))?.value).toEqual(SECOND);
  });
}
