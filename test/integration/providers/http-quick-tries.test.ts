import { describe, expect, it } from "vitest";
import { collectText } from "../../support/providers/collect.ts";
import { startHttpsServer } from "../../support/providers/https-server.ts";
import { breakOff, transportFor } from "../../support/providers/transport-for.ts";

describe("the transport's quick tries", () => {
  it.each([408, 440, 500, 502, 503, 504, 509])(
    "mend a GET that is answered %i twice",
    async (status) => {
      await using server = await startHttpsServer((_request, response, calls) => {
        response.writeHead(calls < 3 ? status : 200).end("body");
      });
      const pauses: number[] = [];
      const transport = transportFor([server.host], {
        random: () => 0.5,
        pause: async (ms) => pauses.push(ms),
      });

      const answer = await transport.fetchText({ method: "GET", url: server.origin });

      expect(answer.status).toBe(200);
      expect(pauses).toEqual([125, 500]);
    },
  );

  it("mend a GET whose connection is reset twice", async () => {
    await using server = await startHttpsServer((request, response, calls) => {
      if (calls < 3) request.socket.destroy();
      else response.end("ok");
    });
    const transport = transportFor([server.host]);

    const answer = await transport.fetchStream({ method: "GET", url: server.origin });

    expect(await collectText(answer.body)).toBe("ok");
    expect(server.seen).toHaveLength(3);
  });

  it("mend a text that breaks off", async () => {
    await using server = await startHttpsServer((_request, response, calls) => {
      if (calls === 1) breakOff(response);
      else response.end("whole");
    });
    const transport = transportFor([server.host]);

    const answer = await transport.fetchText({ method: "GET", url: server.origin });

    expect(answer.body).toBe("whole");
  });

  it("end with the third answer", async () => {
    await using server = await startHttpsServer((_request, response) => {
      response.writeHead(502).end("bad");
    });
    const transport = transportFor([server.host]);

    const answer = await transport.fetchText({ method: "GET", url: server.origin });

    expect(answer.status).toBe(502);
    expect(server.seen).toHaveLength(3);
  });

  it.each([
    ["a POST", "POST", 503, {}],
    ["a DELETE", "DELETE", 503, {}],
    ["an answer that asks to wait", "GET", 503, { "retry-after": "1" }],
    ["an answer that stays", "GET", 501, {}],
    ["an answer that asks to slow down", "GET", 429, {}],
  ] as const)("are not made for %s", async (_what, method, status, headers) => {
    await using server = await startHttpsServer((_request, response) => {
      response.writeHead(status, headers).end();
    });
    const transport = transportFor([server.host]);

    const answer = await transport.fetchText({ method, url: server.origin });

    expect(answer.status).toBe(status);
    expect(server.seen).toHaveLength(1);
  });

  it("are not made for a DELETE whose connection is reset: it may have been heard", async () => {
    await using server = await startHttpsServer((request) => request.socket.destroy());
    const transport = transportFor([server.host]);

    const answer = transport.fetchText({ method: "DELETE", url: server.origin });

    await expect(answer).rejects.toMatchObject({ code: "source-unavailable" });
    expect(server.seen).toHaveLength(1);
  });
});
