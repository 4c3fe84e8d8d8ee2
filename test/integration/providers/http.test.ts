import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startHttpsServer } from "../../support/providers/https-server.ts";
import { answerOk, transportFor } from "../../support/providers/transport-for.ts";

describe("the transport", () => {
  it("gives the status, the headers and the body as text", async () => {
    await using server = await startHttpsServer((_request, response) => {
      response.writeHead(201, { etag: '"1"' }).end("\u00e9\u82b1");
    });
    const transport = transportFor([server.host]);

    const answer = await transport.fetchText({ method: "GET", url: `${server.origin}/a?b=c` });

    expect(answer).toMatchObject({ status: 201, body: "\u00e9\u82b1", retryAfterMs: undefined });
    expect(answer.headers.get("etag")).toBe('"1"');
    expect(server.seen).toMatchObject([{ method: "GET", path: "/a?b=c" }]);
  });

  it("unpacks a text, and counts what it unpacks to", async () => {
    await using server = await startHttpsServer((request, response) => {
      const text = request.url === "/bomb" ? " ".repeat(1_000_000) : "{}";
      response.setHeader("content-encoding", "gzip").end(gzipSync(text));
    });
    const transport = transportFor([server.host], { maxTextBytes: 1_000 });
    const call = (path: string) =>
      transport.fetchText({ method: "GET", url: `${server.origin}${path}` });

    expect((await call("/small")).body).toBe("{}");
    await expect(call("/bomb")).rejects.toMatchObject({ code: "source-invalid" });
    expect(server.seen[0]?.headers["accept-encoding"]).toBe("gzip");
  });

  it("puts a body together whose characters are split over chunks", async () => {
    await using server = await startHttpsServer((_request, response) => {
      const bytes = Buffer.from("佐藤");
      response.write(bytes.subarray(0, 2), () => response.end(bytes.subarray(2)));
    });
    const transport = transportFor([server.host]);

    const answer = await transport.fetchText({ method: "GET", url: server.origin });

    expect(answer.body).toBe("佐藤");
  });

  it.each([
    ["120", 120_000],
    ["Sun, 01 Mar 2026 12:00:30 GMT", 30_000],
  ])("reads Retry-After: %s by its own clock", async (header, expected) => {
    await using server = await startHttpsServer((_request, response) => {
      response.writeHead(429, { "retry-after": header }).end();
    });
    const transport = transportFor([server.host]);

    const answer = await transport.fetchText({ method: "GET", url: server.origin });

    expect(answer).toMatchObject({ status: 429, retryAfterMs: expected });
    expect(server.seen).toHaveLength(1);
  });

  it("calls no host that is not listed", async () => {
    await using server = await startHttpsServer(answerOk);
    const transport = transportFor(["studio.example"]);

    const call = transport.fetchText({ method: "GET", url: server.origin });

    await expect(call).rejects.toMatchObject({ code: "outbound-refused" });
    expect(server.seen).toEqual([]);
  });
});

describe("the transport's redirects", () => {
  it("are followed without the credentials", async () => {
    await using target = await startHttpsServer(answerOk);
    await using server = await startHttpsServer((_request, response) => {
      response.writeHead(302, { location: `${target.origin}/blob?sig=1` }).end("elsewhere");
    });
    const transport = transportFor([server.host, target.host]);

    const answer = await transport.fetchText({
      method: "GET",
      url: server.origin,
      headers: { range: "bytes=5-" },
      credentials: { authorization: "Bearer canary", "x-token": "canary" },
    });

    expect(answer).toMatchObject({ status: 200, body: "ok" });
    expect(server.seen[0]?.headers).toMatchObject({ "x-token": "canary", range: "bytes=5-" });
    expect(target.seen[0]).toMatchObject({ path: "/blob?sig=1", headers: { range: "bytes=5-" } });
    expect(JSON.stringify(target.seen)).not.toContain("canary");
  });

  it("lose the credentials on the same host too", async () => {
    await using server = await startHttpsServer((request, response) => {
      if (request.url === "/next") response.end("ok");
      else response.writeHead(307, { location: "next" }).end();
    });
    const transport = transportFor([server.host]);

    await transport.fetchText({
      method: "GET",
      url: `${server.origin}/first`,
      credentials: { "x-token": "canary" },
    });

    expect(server.seen[1]?.path).toBe("/next");
    expect(server.seen[1]?.headers["x-token"]).toBeUndefined();
  });

  it.each([
    "http://127.0.0.1:80/",
    "https://169.254.169.254/metadata/instance",
    "https://user@127.0.0.1/",
    "https://[::ffff:169.254.169.254]/",
    "//evil.example/",
    "file:///etc/passwd",
    "https://%00/",
  ])("to %s are refused", async (location) => {
    await using server = await startHttpsServer((_request, response) => {
      response.writeHead(302, { location }).end();
    });
    const transport = transportFor([server.host, "169.254.169.254"]);

    const call = transport.fetchStream({ method: "GET", url: server.origin });

    await expect(call).rejects.toMatchObject({ code: "outbound-refused" });
    expect(server.seen).toHaveLength(1);
  });

  it("end after five", async () => {
    await using server = await startHttpsServer((request, response) => {
      const hop = Number(request.url?.slice(1));
      if (hop === 5) response.end("fifth");
      else response.writeHead(301, { location: `/${hop + 1}` }).end();
    });
    const transport = transportFor([server.host]);

    const five = await transport.fetchText({ method: "GET", url: `${server.origin}/0` });
    const more = transport.fetchText({ method: "GET", url: `${server.origin}/-1` });

    expect(five.body).toBe("fifth");
    await expect(more).rejects.toMatchObject({ code: "source-invalid" });
  });

  it.each(["POST", "DELETE"] as const)("are not followed by a %s", async (method) => {
    await using server = await startHttpsServer((_request, response) => {
      response.writeHead(307, { location: "/next" }).end();
    });
    const transport = transportFor([server.host]);

    const answer = await transport.fetchText({
      method,
      url: server.origin,
      credentials: { authorization: "Bearer secret" },
    });

    expect(answer.status).toBe(307);
    expect(server.seen).toHaveLength(1);
  });
});
