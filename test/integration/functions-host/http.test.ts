import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, type HostProcess, startHost } from "../../support/fixture-app/start-host.ts";

let host: HostProcess;
let url: string;

beforeAll(async () => {
  host = startHost({
    settings: {
      "AzureWebJobs.switched-off.Disabled": "true",
      FUNCTIONS_HOST_MASTER_KEY: "master",
      FUNCTIONS_HOST_KEY: "host-key",
      FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: "1000",
    },
  });
  url = await host.ready();
});
afterAll(() => host[Symbol.asyncDispose]());

/** Sends raw HTTP, for what `fetch` refuses to send, and gives the answer's status line. */
async function rawStatus(request: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(request);
  const [data] = await once(socket, "data");
  socket.destroy();
  return String(data).split("\r\n")[0] ?? "";
}

describe("the HTTP trigger", () => {
  it("hands the request to the function and its response back", async () => {
    const response = await fetch(`${url}/api/echo/a%20b?x=1&x=2&y=%C3%A4`, {
      method: "PUT",
      body: "grüße",
      headers: {
        "x-ours": "1",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      },
    });

    const body = await response.json();

    expect(response.status).toBe(201);
    expect(response.headers.get("x-fixture")).toBe("yes");
    expect(response.headers.getSetCookie()).toEqual([
      "crumb=a%20b; max-age=60; path=/; samesite=strict; httponly",
    ]);
    expect(body).toMatchObject({
      url: `${url}/api/echo/a%20b?x=1&x=2&y=%C3%A4`,
      method: "PUT",
      params: { name: "a b" },
      query: { x: "1,2", y: "ä" },
      headers: { "x-ours": "1" },
      user: null,
      body: "grüße",
      traceParent: expect.stringContaining("0af7651916cd43dd8448eb211c80319c"),
    });
  });

  it("drops every header that would state who calls", async () => {
    const response = await fetch(`${url}/api/echo/x`, {
      method: "POST",
      headers: {
        "X-MS-CLIENT-PRINCIPAL": "e30=",
        "x-ms-client-principal-id": "1",
        "x-ms-other": "2",
      },
    });

    const text = await response.text();

    expect(text.match(/x-ms-[a-z-]+/g)).toEqual(["x-ms-other"]);
  });

  it("keeps the bytes of a body as they are", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);

    const response = await fetch(`${url}/bytes`, { method: "POST", body: bytes });

    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  });

  it("gives a chunked body as empty, as Azure does without streaming", async () => {
    const body = new Blob(["chunk"]).stream();

    const response = await fetch(`${url}/bytes`, { method: "POST", body, duplex: "half" });

    expect(await response.text()).toBe("");
  });

  it.each([
    ["GET", "/nowhere", 404],
    ["DELETE", "/order/1", 404],
    ["HEAD", "/order/1", 404],
    ["GET", "/slow/one", 404],
    ["GET", "/switched-off", 404],
    ["GET", "/guarded", 401],
    ["GET", "/nothing", 204],
    ["GET", "/throws", 500],
    ["GET", "/wrong-result", 500],
    ["GET", "/order/%zz", 400],
  ])("answers %s %s with %i and an empty body", async (method, path, status) => {
    const response = await fetch(url + path, { method });

    expect(response.status).toBe(status);
    expect(await response.text()).toBe("");
  });

  it("refuses a body above the limit and an address that is no path", async () => {
    const tooLarge = await fetch(`${url}/bytes`, { method: "POST", body: "x".repeat(1001) });
    const absolute = await rawStatus("GET http://other/nothing HTTP/1.1\r\nhost: other\r\n\r\n");

    expect(tooLarge.status).toBe(413);
    expect(absolute).toBe("HTTP/1.1 400 Bad Request");
  });

  it("takes the first function by name, not the more specific route", async () => {
    const response = await fetch(`${url}/order/literal`);

    expect(await response.text()).toBe("a-first literal");
  });

  it("opens a function with its key", async () => {
    const response = await fetch(`${url}/guarded`, { headers: { "x-functions-key": "host-key" } });

    expect(await response.text()).toBe("open");
  });

  it("logs an error without its headers and signatures", async () => {
    await fetch(`${url}/throws`);

    expect(host.logLines("GET /throws failed").at(-1)).toContain(
      "no such luck: https://x.test/?sig=***",
    );
    expect(host.stderr()).not.toMatch(/SECRET\d/);
  });

  it("logs what the app logs, one line each, at the levels of host.json", async () => {
    await fetch(`${url}/log-levels`);

    const lines = host.logLines("[Function.log-levels]");
    expect(lines).toEqual([
      expect.stringMatching(/^\[\S+Z\] \[Function\.log-levels\] debug two \\n lines$/),
      expect.stringMatching(/ debug post-invocation of log-levels$/),
    ]);
  });

  it("listens on 127.0.0.1 only", async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === "IPv4" && !internal);

    const attempts = outside.map(({ address }) => fetch(url.replace("127.0.0.1", address)));

    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toEqual([]);
  });
});

describe("POST /admin/functions/<name>", () => {
  const run = (name: string, key: string, body?: string) =>
    fetch(`${url}/admin/functions/${name}`, {
      method: "POST",
      headers: { "x-functions-key": key },
      ...(body === undefined ? {} : { body }),
    });

  it("runs a function that is no HTTP function", async () => {
    const before = host.logLines("] information tick {").length;

    const response = await run("Tick", "master");

    expect(response.status).toBe(202);
    await eventually(() => host.logLines("] information tick {").length).toBe(before + 1);
  });

  it.each([
    ["tick", "host-key", undefined, 401],
    ["unknown", "master", undefined, 404],
    ["tick", "master", "not json", 400],
  ])("answers %s with key %s and body %s with %i %i", async (name, key, body, status) => {
    const response = await run(name, key, body);

    expect(response.status).toBe(status);
  });
});
