import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { HttpRequest } from "../../../shared/providers/http.ts";
import { openLink } from "../../../shared/providers/studio-classic/download.ts";
import type { DownloadLocation } from "../../../shared/providers/studio-classic/shapes.ts";
import { collectText } from "../../support/providers/collect.ts";
import { type FakeAnswer, fakeTransport } from "../../support/providers/fake-transport.ts";

const CONTENT = "0123456789";
const WHOLE: FakeAnswer = {
  headers: { "content-length": "10", etag: '"v1"' },
  body: CONTENT,
};
const REST: FakeAnswer = {
  status: 206,
  headers: { "content-length": "6", "content-range": "bytes 4-9/10", etag: '"v1"' },
  body: CONTENT.slice(4),
};
const AT_4 = { offset: 4, tag: '"v1"' };

describe("a download", () => {
  it("puts the link together and sends it without any credential", async () => {
    const { transport, open } = source(() => WHOLE);

    const file = await open(null);

    expect(file).toMatchObject({ offset: 0, totalBytes: 10, tag: '"v1"' });
    expect(await collectText(file.body)).toBe(CONTENT);
    expect(transport.calls).toEqual([
      {
        method: "GET",
        url: new URL("https://studio.example/api/sharedaccess?sig=1"),
        headers: { "accept-encoding": "identity" },
      },
    ]);
  });

  it("goes on where it was, for the same version only", async () => {
    const { transport, open } = source(() => REST);

    const file = await open(AT_4);

    expect(file).toMatchObject({ offset: 4, totalBytes: 10, tag: '"v1"' });
    expect(await collectText(file.body)).toBe("456789");
    expect(transport.calls[0]?.headers).toEqual({
      "accept-encoding": "identity",
      range: "bytes=4-",
      "if-range": '"v1"',
    });
  });

  it("starts at 0 when the source answers with everything", async () => {
    const { open } = source(() => WHOLE);

    const file = await open(AT_4);

    expect(file.offset).toBe(0);
    expect(await collectText(file.body)).toBe(CONTENT);
  });

  it.each([
    ["a part of another version", { ...REST, headers: { ...REST.headers, etag: '"v2"' } }],
    ["another part", { ...REST, headers: { ...REST.headers, "content-range": "bytes 5-9/10" } }],
    ["a part of no range", { ...REST, headers: { etag: '"v1"' } }],
    ["416", { status: 416 }],
  ])("starts at 0 when the source answers with %s", async (_what, answer: FakeAnswer) => {
    const { transport, open } = source(({ headers }) => (headers?.["range"] ? answer : WHOLE));

    const file = await open(AT_4);

    expect(file).toMatchObject({ offset: 0, totalBytes: 10 });
    expect(await collectText(file.body)).toBe(CONTENT);
    expect(transport.discarded).toHaveLength(1);
  });

  it.each([
    ["nothing was read", { offset: 0, tag: '"v1"' }],
    ["the version is weak", { offset: 4, tag: 'W/"v1"' }],
  ])("asks for no range when %s", async (_what, resume) => {
    const { transport, open } = source(() => WHOLE);

    await open(resume);

    expect(transport.calls[0]?.headers).toEqual({ "accept-encoding": "identity" });
  });

  it("has no version to go on with when the source's is weak", async () => {
    const { open } = source(() => ({ ...WHOLE, headers: { etag: 'W/"v1"' } }));

    expect(await open(null)).toMatchObject({ tag: null, totalBytes: null });
  });

  it("asks for a new link when one is refused, and keeps its place", async () => {
    const { transport, open } = source((_request, calls) => (calls === 1 ? { status: 403 } : REST));

    const file = await open(AT_4);

    expect(file.offset).toBe(4);
    expect(transport.calls.map(({ url }) => String(url))).toEqual([
      "https://studio.example/api/sharedaccess?sig=1",
      "https://studio.example/api/sharedaccess?sig=2",
    ]);
  });

  it("cannot be read when a fresh link is refused too", async () => {
    const { transport, open } = source(() => ({ status: 403 }));

    await expect(open(null)).rejects.toMatchObject({ code: "workspace-unreadable" });
    expect(transport.calls).toHaveLength(2);
  });

  it.each([
    [404, "", "asset-not-found"],
    [206, "", "source-invalid"],
    [500, '{"Error":{"Code":"AzureStorageError"}}', "workspace-unreadable"],
    [500, "x".repeat(1_000_000), "source-unavailable"],
  ])("that is answered %i fails", async (status, body, code) => {
    const { open } = source(() => ({ status, body }));

    await expect(open(null)).rejects.toMatchObject({ code });
  });

  it("keeps the wait that the source asks for", async () => {
    const { open } = source(() => ({ status: 429, retryAfterMs: 7000 }));

    await expect(open(null)).rejects.toMatchObject({
      code: "source-throttled",
      retryAfterMs: 7000,
    });
  });

  it("fails when the bytes come in another encoding than stored", async () => {
    const { open } = source(() => ({ ...WHOLE, headers: { "content-encoding": "gzip" } }));

    await expect(open(null)).rejects.toMatchObject({ code: "source-invalid" });
  });

  it("fails when there is no link any more", async () => {
    const transport = fakeTransport(() => ({ status: 403 }));

    const opened = openLink(transport, { location: location(1), renew: async () => null }, null);

    await expect(opened).rejects.toMatchObject({ code: "asset-not-found" });
  });

  it("does not tell a link that is no URL", async () => {
    const bad = { ...location(1), BaseUri: "no-url", AccessCredential: "?sig=canary" };
    const transport = fakeTransport(() => WHOLE);

    const opened = openLink(transport, { location: bad, renew: async () => bad }, null);

    const error = await opened.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "source-invalid" });
    expect(inspect(error)).not.toContain("canary");
  });
});

describe("the bytes of a download", () => {
  it.each([
    ["Content-Length", 0, { ...WHOLE, headers: { "content-length": "11" } }, null],
    ["the size in the catalogue", 11, { ...WHOLE, headers: {} }, null],
    ["Content-Length of a part", 0, { ...REST, body: "45678" }, AT_4],
    ["the size in the catalogue, as a part", 11, REST, AT_4],
  ])("are truncated when they are fewer than %s", async (_what, size, answer, resume) => {
    const { open } = source(() => answer, size);

    const file = await open(resume);

    await expect(collectText(file.body)).rejects.toMatchObject({ code: "source-truncated" });
  });

  it("may be more than the size in the catalogue", async () => {
    const { open } = source(() => WHOLE, 9);

    const file = await open(null);

    expect(await collectText(file.body)).toBe(CONTENT);
  });
});

/** A file whose link is renewed by another one each time, and a source that answers as told. */
function source(answer: (request: HttpRequest, calls: number) => FakeAnswer, size = 10) {
  const transport = fakeTransport(answer);
  let links = 1;
  const renew = async () => {
    links += 1;
    return location(links, size);
  };
  return {
    transport,
    open: (resume: { offset: number; tag: string } | null) =>
      openLink(transport, { location: location(1, size), renew }, resume),
  };
}

function location(link: number, size = 10): DownloadLocation {
  return {
    BaseUri: "https://studio.example/",
    Location: "api/sharedaccess",
    AccessCredential: `?sig=${link}`,
    Name: "",
    Size: size,
  };
}
