import { readdir, readFile, readlink } from "node:fs/promises";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  eventually,
  type Folder,
  type HostProcess,
  startHost,
  temporaryApp,
} from "../../support/fixture-app/start-host.ts";

const source = `
  import { app } from "@azure/functions";
  app.setup({ enableHttpStream: true });
  const waiting = new Map();
  const gate = (name) => {
    if (!waiting.has(name)) waiting.set(name, Promise.withResolvers());
    return waiting.get(name);
  };
  app.post("open", { handler: (request) => { gate(request.query.get("gate")).resolve(); return {}; } });
  app.get("chunks", {
    handler: (request) => ({
      headers: { "content-type": "text/event-stream", connection: "x-hop", "x-hop": "1" },
      cookies: [{ name: "crumb", value: "a b", path: "/x" }],
      body: (async function* () {
        yield "data: 1\\n\\n";
        await gate(request.query.get("gate")).promise;
        yield "data: 2\\n\\n";
      })(),
    }),
  });
  app.post("sizes", {
    handler: async (request) => {
      let bytes = 0;
      for await (const chunk of request.body) bytes += chunk.length;
      return { jsonBody: { bytes } };
    },
  });
  app.http("echo", {
    route: "echo/{id?}",
    methods: ["GET", "POST", "HEAD"],
    handler: async (request) => ({
      jsonBody: {
        url: request.url,
        params: request.params,
        headers: Object.fromEntries(request.headers),
        text: await request.text(),
      },
    }),
  });
  app.get("throws", { handler: () => { throw new Error("no such luck"); } });
  app.get("nothing", { handler: () => undefined });
  app.get("breaks", {
    handler: (request) => ({
      body: (async function* () {
        yield "begun";
        await gate(request.query.get("gate")).promise;
        throw new Error("broke off");
      })(),
    }),
  });
  app.get("slow", {
    handler: () => ({
      body: (async function* () {
        yield "begun, ";
        await new Promise((resolve) => setTimeout(resolve, 500));
        yield "ended";
      })(),
    }),
  });
`;

let app: Folder;
let host: HostProcess;
let url: string;

beforeAll(async () => {
  app = await temporaryApp(
    { "main.js": source },
    {
      version: "2.0",
      extensions: { http: { routePrefix: "" } },
    },
  );
  const settings = { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: "100000" };
  host = startHost({ root: app.path, settings });
  url = await host.ready();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

const chunked = (text: string) =>
  ({ method: "POST", body: new Blob([text]).stream(), duplex: "half" }) as const;

describe("an app that streams HTTP", () => {
  it("sends a part of the answer as soon as the function gives it", async () => {
    const response = await fetch(`${url}/chunks?gate=sse`);
    const reader = (response.body ?? new ReadableStream()).getReader();
    const first = await reader.read();

    await fetch(`${url}/open?gate=sse`, { method: "POST" });
    const second = await reader.read();

    const texts = [first, second].map(({ value }) => Buffer.from(value).toString());
    expect(texts).toEqual(["data: 1\n\n", "data: 2\n\n"]);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.getSetCookie()).toEqual(["crumb=a%20b; Path=/x"]);
    expect(response.headers.has("x-hop")).toBe(false);
  });

  it("gets a chunked body as it comes, which would be empty otherwise", async () => {
    const response = await fetch(`${url}/sizes`, chunked("x".repeat(99_999)));

    expect(await response.json()).toEqual({ bytes: 99_999 });
  });

  it("refuses a body above the limit, chunked or not", async () => {
    const body = "x".repeat(100_001);

    const answers = await Promise.all([
      fetch(`${url}/sizes`, { method: "POST", body }),
      fetch(`${url}/sizes`, chunked(body)),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([413, 413]);
  });

  it("has body members and query keys among its params, the route's own winning", async () => {
    const response = await fetch(`${url}/echo/7?x=1&x=2&id=query&code=key`, {
      method: "POST",
      body: JSON.stringify({ id: "body", flag: true, count: 3, list: [1], y: "of the body" }),
    });

    const { params } = (await response.json()) as { params: object };

    expect(params).toEqual({ id: "7", flag: "True", x: "2", y: "of the body" });
  });

  it("does not let a caller pass for another invocation or for App Service", async () => {
    const response = await fetch(`${url}/echo`, {
      headers: {
        "x-ms-invocation-id": "other",
        "x-forwarded-host": "evil.test",
        "x-ms-client-principal": "e30=",
      },
    });

    const echo = (await response.json()) as { url: string; headers: object };

    expect(echo.url).toBe(`${url}/echo`);
    expect(echo.headers).not.toHaveProperty("x-ms-client-principal");
  });

  it("answers 500 where the function throws and 204 where it returns nothing, and says so", async () => {
    const thrown = await fetch(`${url}/throws`);
    const nothing = await fetch(`${url}/nothing`);

    expect([thrown.status, nothing.status]).toEqual([500, 204]);
    expect(host.logLines("GET /throws failed: Error: no such luck")).toHaveLength(1);
    expect(host.logLines("on Azure its caller gets no answer")).toHaveLength(1);
  });

  it("cuts the connection when the function breaks off in the middle", async () => {
    const response = await fetch(`${url}/breaks?gate=break`);

    await fetch(`${url}/open?gate=break`, { method: "POST" });

    await expect(response.text()).rejects.toThrow("terminated");
    await eventually(() => host.logLines("GET /breaks failed: Error: broke off")).toHaveLength(1);
  });

  it("goes on after a caller who left", async () => {
    const leaving = request(`${url}/chunks?gate=left`).end();
    leaving.once("response", () => leaving.destroy()).on("error", () => {});
    await new Promise((resolve) => leaving.once("close", resolve));

    const other = await fetch(`${url}/echo`, { method: "HEAD" });

    expect(other.status).toBe(200);
    await fetch(`${url}/open?gate=left`, { method: "POST" });
  });

  it.runIf(process.platform === "linux")("has no server but on 127.0.0.1", async () => {
    const addresses = await listening(host.pid);

    expect(addresses).toHaveLength(2);
    expect(new Set(addresses)).toEqual(new Set(["0100007F"]));
  });

  it("lets a stream end before it stops", async () => {
    await using own = startHost({ root: app.path });
    const ownUrl = await own.ready();
    const response = await fetch(`${ownUrl}/slow`);

    own.kill("SIGTERM");

    expect(await response.text()).toBe("begun, ended");
    expect(await own.exitCode).toBe(0);
  });
});

/** Addresses a process listens on, as /proc writes them: hexadecimal, the last byte first. */
async function listening(pid: number): Promise<string[]> {
  const files = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(
    files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => "")),
  );
  const inodes = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((table) => readFile(`/proc/${pid}/net/${table}`, "utf8")),
  );
  const rows = tables.flatMap((text) => text.trim().split("\n").slice(1));
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((row) => row[3] === "0A" && inodes.has(row[9]))
    .map((row) => row[1]?.split(":")[0] ?? "");
}
