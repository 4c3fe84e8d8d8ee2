import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { describe, expect, it } from "vitest";
import type { HttpFailure } from "../../../local/functions-host/http/request.ts";
import { serveStreamed } from "../../../local/functions-host/http/stream.ts";
import { httpFunction } from "../../support/fixture-app/functions.ts";

async function startServer(onRequest: RequestListener) {
  const server = createServer(onRequest).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return {
    url: new URL(`http://127.0.0.1:${address.port}`),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

describe("serveStreamed", () => {
  it("gives up with 504 when nothing comes from the function for too long", async () => {
    await using silent = await startServer(() => {});
    const stream = { streamUrl: silent.url, bodyLimitBytes: 1000, activityTimeoutMs: 50 };
    await using host = await startServer((request, response) => {
      const exchange = { fn: httpFunction(), params: {}, request, response, url: silent.url };
      serveStreamed(stream, exchange, () => new Promise(() => {})).catch((error: HttpFailure) =>
        response.writeHead(error.status).end(),
      );
    });

    const response = await fetch(host.url);

    expect(response.status).toBe(504);
  });
});
