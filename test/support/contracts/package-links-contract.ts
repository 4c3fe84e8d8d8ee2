import { expect, it } from "vitest";
import type { Packages } from "../../../shared/pipeline/ports.ts";
import type { Visit } from "../memory/packages.ts";
import { newRequestId } from "./samples.ts";

/** Packages, and a browser to follow their links with. */
export type LinkedPackages = {
  readonly packages: Packages;
  /** Follows a link with an HTTP method. */
  readonly visit: (link: string, method?: "GET" | "PUT" | "DELETE") => Promise<Visit>;
  /** An instant so many milliseconds from now. */
  readonly later: (ms: number) => string;
  /** Returns when the instant is over. */
  readonly passes: (instant: string) => Promise<void>;
};

/** States what all packages promise of their links. */
export function packageLinksContract(make: () => LinkedPackages): void {
  it("makes links that read one blob, over HTTPS, and do nothing else", async () => {
    const { packages, visit, later } = make();
    const requestId = newRequestId();
    const ref = (name: string) => ({ requestId, name });
    await packages.create(requestId);
    await packages.put(ref("p/a"), Buffer.from("content"));
    await packages.put(ref("p/b"), Buffer.from("other"));

    const link = (await packages.linker(requestId, later(60_000)))("p/a");

    const read = await visit(link);
    expect([read.status, Buffer.from(read.body).toString()]).toEqual([200, "content"]);
    expect(link).toMatch(/^https:/);
    expect((await visit(link.replace("/p/a?", "/p/b?"))).status).toBe(403);
    expect((await visit(link, "PUT")).status).toBe(403);
    expect((await visit(link, "DELETE")).status).toBe(403);
    expect((await visit(link)).status).toBe(200);
  });

  it("makes links that end", async () => {
    const { packages, visit, later, passes } = make();
    const requestId = newRequestId();
    await packages.create(requestId);
    await packages.put({ requestId, name: "p/a" }, Buffer.from("content"));
    const expiresAt = later(2_000);
    const link = (await packages.linker(requestId, expiresAt))("p/a");

    await passes(expiresAt);

    expect((await visit(link)).status).toBe(403);
  });
}
