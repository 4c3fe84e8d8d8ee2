import { expect, it } from "vitest";
import type { Packages, StoredBlob } from "../../../shared/pipeline/ports.ts";
import { newRequestId } from "./samples.ts";

/** States what all packages promise of their blobs. */
export function packagesContract(make: () => Packages): void {
  const withContainer = async () => {
    const packages = make();
    const requestId = newRequestId();
    await packages.create(requestId);
    const ref = (name: string) => ({ requestId, name });
    return { packages, requestId, ref };
  };

  it("gives back the bytes of a blob", async () => {
    const { packages, ref } = await withContainer();

    const outcome = await packages.put(ref("plan/inventory.ndjson"), bytes("grün 🦊"));

    expect(outcome).toBe("created");
    expect(await contentOf(packages, ref("plan/inventory.ndjson"))).toBe("grün 🦊");
  });

  it("keeps an empty blob", async () => {
    const { packages, ref } = await withContainer();

    await packages.put(ref("p/empty"), bytes(""));

    expect(await contentOf(packages, ref("p/empty"))).toBe("");
  });

  it("never writes over a blob", async () => {
    const { packages, ref } = await withContainer();
    await packages.put(ref("p/a"), bytes("first"));
    await packages.stage(ref("p/a"), "01", bytes("third"));

    const put = await packages.put(ref("p/a"), bytes("second"));
    const committed = await packages.commit(ref("p/a"), ["01"]);

    expect([put, committed]).toEqual(["exists", "exists"]);
    expect(await contentOf(packages, ref("p/a"))).toBe("first");
  });

  it("lets exactly one of ten writers of a blob win", async () => {
    const { packages, ref } = await withContainer();

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_unused, n) => packages.put(ref("p/a"), bytes(`writer ${n}`))),
    );

    const winner = outcomes.indexOf("created");
    expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
    expect(await contentOf(packages, ref("p/a"))).toBe(`writer ${winner}`);
  });

  it("makes a blob of blocks in the order of the commit, the last staging of each", async () => {
    const { packages, ref } = await withContainer();
    await packages.stage(ref("p/a"), "e1-000002", bytes("world"));
    await packages.stage(ref("p/a"), "e1-000001", bytes("wrong "));
    await packages.stage(ref("p/a"), "e1-000001", bytes("hello "));

    const outcome = await packages.commit(ref("p/a"), ["e1-000001", "e1-000002"]);

    expect(outcome).toBe("created");
    expect(await contentOf(packages, ref("p/a"))).toBe("hello world");
  });

  it("lets a later epoch adopt blocks of an older one and leave others", async () => {
    const { packages, ref } = await withContainer();
    await packages.stage(ref("p/a"), "e1-000001", bytes("old "));
    await packages.stage(ref("p/a"), "e1-000002", bytes("abandoned"));
    await packages.stage(ref("p/a"), "e2-000002", bytes("new"));

    await packages.commit(ref("p/a"), ["e1-000001", "e2-000002"]);

    expect(await contentOf(packages, ref("p/a"))).toBe("old new");
  });

  it("lists the staged blocks of a blob until they are committed, the last staging of each", async () => {
    const { packages, ref } = await withContainer();
    await packages.stage(ref("p/a"), "02", bytes("long"));
    await packages.stage(ref("p/a"), "01", bytes("x"));
    await packages.stage(ref("p/a"), "02", bytes("longer"));
    await packages.stage(ref("p/b"), "03", bytes("other"));

    const before = await Array.fromAsync(packages.staged(ref("p/a")));
    await packages.commit(ref("p/a"), ["01"]);

    expect(before).toEqual([
      { id: "01", bytes: 1 },
      { id: "02", bytes: 6 },
    ]);
    expect(await Array.fromAsync(packages.staged(ref("p/a")))).toEqual([]);
    expect(await Array.fromAsync(packages.staged(ref("p/nobody")))).toEqual([]);
  });

  it("refuses to commit a block that was not staged, and keeps the others", async () => {
    const { packages, ref } = await withContainer();
    await packages.stage(ref("p/a"), "01", bytes("here"));

    const commit = packages.commit(ref("p/a"), ["01", "02"]);

    await expect(commit).rejects.toMatchObject({ code: "package-corrupt" });
    expect(await packages.commit(ref("p/a"), ["01"])).toBe("created");
  });

  it("says that the blob is there when it is committed again", async () => {
    const { packages, ref } = await withContainer();
    await packages.stage(ref("p/a"), "01", bytes("once"));
    await packages.commit(ref("p/a"), ["01"]);

    const again = await packages.commit(ref("p/a"), ["01"]);

    expect(again).toBe("exists");
    expect(await contentOf(packages, ref("p/a"))).toBe("once");
  });

  it.each([
    [{ offset: 0, bytes: 3 }, "abc"],
    [{ offset: 2, bytes: 3 }, "cde"],
    [{ offset: 4, bytes: 100 }, "ef"],
  ])("reads the range %j", async (range, content) => {
    const { packages, ref } = await withContainer();
    await packages.put(ref("p/a"), bytes("abcdef"));

    expect(await contentOf(packages, ref("p/a"), range)).toBe(content);
  });

  it("calls a package corrupt that is read from beyond its end", async () => {
    const { packages, ref } = await withContainer();
    await packages.put(ref("p/a"), bytes("abc"));

    const read = packages.read(ref("p/a"), { offset: 3, bytes: 1 });

    await expect(read).rejects.toMatchObject({ code: "package-corrupt" });
  });

  it("streams a blob of 5 MiB in pieces", async () => {
    const { packages, ref } = await withContainer();
    const megabytes = [1, 2, 3, 4, 5].map((n) => Buffer.alloc(1024 * 1024, n));
    await Promise.all(megabytes.map((block, n) => packages.stage(ref("p/a"), `0${n}`, block)));
    await packages.commit(ref("p/a"), ["00", "01", "02", "03", "04"]);

    const pieces: Uint8Array[] = [];
    for await (const piece of await packages.read(ref("p/a"))) pieces.push(piece);

    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).equals(Buffer.concat(megabytes))).toBe(true);
  });

  it("does not find a blob that is only staged, or not there at all", async () => {
    const { packages, ref, requestId } = await withContainer();
    await packages.stage(ref("p/staged"), "01", bytes("x"));

    await expect(packages.read(ref("p/staged"))).rejects.toMatchObject({ code: "not-found" });
    await expect(packages.read(ref("p/other"))).rejects.toMatchObject({ code: "not-found" });
    expect(await listed(packages, requestId, "")).toEqual([]);
  });

  it("lists by prefix in order of name, with sizes", async () => {
    const { packages, ref, requestId } = await withContainer();
    for (const name of ["p/b", "q", "p/a/1", "p/a"]) await packages.put(ref(name), bytes(name));

    const blobs = await listed(packages, requestId, "p/");

    expect(blobs).toEqual([
      { name: "p/a", bytes: 3 },
      { name: "p/a/1", bytes: 5 },
      { name: "p/b", bytes: 3 },
    ]);
  });

  it("keeps what is there when a container is made again", async () => {
    const { packages, ref, requestId } = await withContainer();
    await packages.put(ref("p/a"), bytes("kept"));

    await packages.create(requestId);

    expect(await contentOf(packages, ref("p/a"))).toBe("kept");
  });

  it.each([
    "../x",
    "p/../x",
    "p/./x",
    "/p",
    "p//x",
    "p/",
    "",
    "p x",
    "p%2f",
    "naïve",
    "a?b",
    "a\\b",
  ])("takes the name %j for a mistake of ours", async (name) => {
    const { packages, ref, requestId } = await withContainer();
    const link = await packages.linker(requestId, "2026-01-15T08:00:00.000Z");

    await expect(packages.put(ref(name), bytes("x"))).rejects.toMatchObject({ code: "internal" });
    await expect(packages.read(ref(name))).rejects.toMatchObject({ code: "internal" });
    expect(() => link(name)).toThrow(expect.objectContaining({ code: "internal" }));
  });

  it("purges a package with all in it, however often", async () => {
    const { packages, ref, requestId } = await withContainer();
    await packages.put(ref("p/a"), bytes("gone"));

    await packages.purge(requestId);
    await packages.purge(requestId);

    expect(await listed(packages, requestId, "")).toEqual([]);
    await expect(packages.read(ref("p/a"))).rejects.toMatchObject({ code: "not-found" });
    await expect(packages.put(ref("p/b"), bytes("late"))).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("keeps packages apart", async () => {
    const { packages, ref } = await withContainer();
    const other = newRequestId();
    await packages.create(other);
    await packages.put(ref("p/a"), bytes("mine"));

    await packages.purge(other);

    expect(await contentOf(packages, ref("p/a"))).toBe("mine");
  });
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

async function contentOf(packages: Packages, ...read: Parameters<Packages["read"]>) {
  const pieces: Uint8Array[] = [];
  for await (const piece of await packages.read(...read)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function listed(packages: Packages, requestId: string, prefix: string) {
  const blobs: StoredBlob[] = [];
  for await (const blob of packages.list(requestId, prefix)) blobs.push(blob);
  return blobs;
}
