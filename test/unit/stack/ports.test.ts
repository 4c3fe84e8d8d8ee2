import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { claimPorts, isPortFree } from "../../../local/stack/ports.ts";

describe("ports", () => {
  it("gives two stacks different free ports below the range of outgoing connections", async () => {
    const [first, second] = await Promise.all([claimPorts("any"), claimPorts("any")]);

    const numbers = [...Object.values(first.ports), ...Object.values(second.ports)];
    expect(new Set(numbers).size).toBe(28);
    expect(Math.min(...numbers)).toBeGreaterThan(20_000);
    expect(Math.max(...numbers)).toBeLessThan(32_768);
    await first.release();
    await second.release();
  });

  it("replaces a preferred port that is taken, says which, and keeps the others", async () => {
    const preferred = await claimPorts("any");
    const server = createServer().listen(preferred.ports.control, "127.0.0.1");
    await once(server, "listening");

    const claim = await claimPorts(preferred.ports);

    expect(claim.taken).toEqual(["control"]);
    expect(claim.ports).toEqual({ ...preferred.ports, control: claim.ports.control });
    expect(claim.ports.control).not.toBe(preferred.ports.control);
    expect(await isPortFree(claim.ports.control)).toBe(true);
    await claim.release();
    await preferred.release();
    server.close();
  });

  it("keeps the preferred ports when all of them are free", async () => {
    const preferred = await claimPorts("any");

    const claim = await claimPorts(preferred.ports);

    expect(claim.taken).toEqual([]);
    expect(claim.ports).toEqual(preferred.ports);
    await preferred.release();
  });
});
