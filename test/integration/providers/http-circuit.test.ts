import { describe, expect, it } from "vitest";
import { memoryClock } from "../../support/memory/clock.ts";
import { startHttpsServer } from "../../support/providers/https-server.ts";
import { transportFor } from "../../support/providers/transport-for.ts";

const circuit = { failures: 6, openMs: 30_000 };

describe("the transport, while a host is away", () => {
  it.each([502, 503, 504, 509])("stops asking it after answers of %i", async (status) => {
    await using server = await startHttpsServer((_request, response) => {
      response.writeHead(status).end();
    });
    const transport = transportFor([server.host], { circuit });
    const call = () => transport.fetchText({ method: "GET", url: server.origin });

    const statuses = [(await call()).status, (await call()).status];

    await expect(call()).rejects.toMatchObject({
      code: "source-unavailable",
      retryAfterMs: 30_000,
    });
    expect(statuses).toEqual([status, status]);
    expect(server.seen).toHaveLength(6);
  });

  it("stops asking it when connections break, and asks once when the time is over", async () => {
    let isAway = true;
    await using server = await startHttpsServer((request, response) => {
      if (isAway) request.socket.destroy();
      else response.end("back");
    });
    const clock = memoryClock();
    const transport = transportFor([server.host], { circuit, clock });
    const call = () => transport.fetchText({ method: "GET", url: server.origin });
    for (let calls = 0; calls < 3; calls += 1) await call().catch(() => undefined);
    const seenOpen = server.seen.length;

    clock.advance(circuit.openMs);
    isAway = false;
    const answer = await call();

    expect(seenOpen).toBe(circuit.failures);
    expect(answer.body).toBe("back");
    expect((await call()).status).toBe(200);
  });

  it.each([400, 404, 429, 500])("goes on asking a host that answers %i", async (status) => {
    await using server = await startHttpsServer((_request, response) => {
      response.writeHead(status).end();
    });
    const transport = transportFor([server.host], { circuit });
    const call = () => transport.fetchText({ method: "GET", url: server.origin });

    for (let calls = 0; calls < 9; calls += 1) await call();

    expect((await call()).status).toBe(status);
  });

  it("goes on asking other hosts", async () => {
    await using away = await startHttpsServer((request) => request.socket.destroy());
    await using other = await startHttpsServer((_request, response) => response.end("here"));
    const transport = transportFor([away.host, other.host], { circuit });
    for (let calls = 0; calls < 3; calls += 1) {
      await transport.fetchText({ method: "GET", url: away.origin }).catch(() => undefined);
    }

    const answer = await transport.fetchText({ method: "GET", url: other.origin });

    expect(answer.body).toBe("here");
  });
});
