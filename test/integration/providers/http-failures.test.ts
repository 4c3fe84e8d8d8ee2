import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { startHttpsServer } from "../../support/providers/https-server.ts";
import {
  answerOk,
  breakOff,
  stoppedTimers,
  transportFor,
} from "../../support/providers/transport-for.ts";

describe("the transport's failures", () => {
  it("tell nothing of the address, the headers or the body", async () => {
    await using server = await startHttpsServer((_request, response) =>
      breakOff(response, "canary"),
    );
    const transport = transportFor([server.host]);
    const request = {
      method: "GET",
      url: `${server.origin}/canary?sig=canary`,
      credentials: { "x-token": "canary" },
    } as const;

    const error = await transport.fetchText(request).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "source-truncated", isRetryable: true });
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
    expect(server.seen).toHaveLength(3);
  });

  it("are source-unavailable when nobody listens", async () => {
    const server = await startHttpsServer(answerOk);
    await server[Symbol.asyncDispose]();
    const transport = transportFor([server.host]);

    const call = transport.fetchText({ method: "GET", url: server.origin });

    await expect(call).rejects.toMatchObject({
      code: "source-unavailable",
      message: "The source could not be reached (ECONNREFUSED)",
    });
  });

  it("are source-unavailable after the time for the whole call, without another try", async () => {
    await using server = await startHttpsServer((_request, response) => {
      response.write("never ends");
    });
    const pause = vi.fn<(ms: number) => Promise<void>>();
    const transport = transportFor([server.host], { pause });
    using time = stoppedTimers();

    const call = transport.fetchText({ method: "GET", url: server.origin, timeoutMs: 60_000 });
    const failure = call.catch((error: unknown) => error);
    await vi.waitFor(() => expect(server.seen).toHaveLength(1));
    time.advance(60_000);

    expect(await failure).toMatchObject({
      code: "source-unavailable",
      message: "The source did not answer in time",
    });
    expect(server.seen).toHaveLength(1);
    expect(pause).not.toHaveBeenCalled();
  });

  it("are source-unavailable when a stream stalls, however long it went before", async () => {
    await using server = await startHttpsServer((_request, response) => {
      response.write("stalls");
    });
    const transport = transportFor([server.host]);
    using time = stoppedTimers();

    const answer = await transport.fetchStream({
      method: "GET",
      url: server.origin,
      timeoutMs: 60_000,
    });
    const body = answer.body[Symbol.asyncIterator]();
    await body.next();
    const failure = body.next().catch((error: unknown) => error);
    time.advance(60_000);

    expect(await failure).toMatchObject({ code: "source-unavailable" });
  });

  it("are the caller's own reason when the caller gives up", async () => {
    await using server = await startHttpsServer(() => undefined);
    const transport = transportFor([server.host]);
    const caller = new AbortController();

    const call = transport.fetchText({ method: "GET", url: server.origin, signal: caller.signal });
    await vi.waitFor(() => expect(server.seen).toHaveLength(1));
    caller.abort(new Error("the step ends"));

    await expect(call).rejects.toThrow("the step ends");
    expect(server.seen).toHaveLength(1);
  });

  it("are source-invalid for a text above the cap, whatever length it announces", async () => {
    await using server = await startHttpsServer((_request, response) => {
      response.write("x".repeat(600), () => response.end("x".repeat(600)));
    });
    const transport = transportFor([server.host], { maxTextBytes: 1000 });

    const call = transport.fetchText({ method: "GET", url: server.origin });

    await expect(call).rejects.toMatchObject({ code: "source-invalid" });
  });

  it("are source-invalid for bytes that are no UTF-8", async () => {
    await using server = await startHttpsServer((_request, response) => {
      response.end(Buffer.from([0x53, 0xe9, 0x6e]));
    });
    const transport = transportFor([server.host]);

    const call = transport.fetchText({ method: "GET", url: server.origin });

    await expect(call).rejects.toMatchObject({ code: "source-invalid" });
  });
});

describe("the transport's streams", () => {
  it("free the connection when the reader stops early", async () => {
    let hasClosed = false;
    await using server = await startHttpsServer((_request, response) => {
      response.on("close", () => {
        hasClosed = true;
      });
      response.write("first");
    });
    const transport = transportFor([server.host]);

    const answer = await transport.fetchStream({ method: "GET", url: server.origin });
    for await (const _chunk of answer.body) break;

    await vi.waitFor(() => expect(hasClosed).toBe(true));
  });

  it("do not count the time that the reader takes", async () => {
    await using server = await startHttpsServer((_request, response) => {
      response.write("a", () => response.end("b".repeat(100_000)));
    });
    const transport = transportFor([server.host]);
    using time = stoppedTimers();

    const answer = await transport.fetchStream({
      method: "GET",
      url: server.origin,
      timeoutMs: 60_000,
    });
    time.advance(120_000);
    let bytes = 0;
    for await (const chunk of answer.body) {
      time.advance(120_000);
      bytes += chunk.length;
    }

    expect(bytes).toBe(100_001);
  });
});
