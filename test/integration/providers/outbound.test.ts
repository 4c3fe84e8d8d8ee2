import type { LookupAddress } from "node:dns";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { allowAddresses } from "../../../shared/providers/allowed-hosts.ts";
import type { ResolveName } from "../../../shared/providers/exchange.ts";
import { createStudioProvider } from "../../../shared/providers/studio-classic/provider.ts";
import { FORBIDDEN_URLS } from "../../support/doors/forbidden-urls.ts";
import { memoryClock } from "../../support/memory/clock.ts";
import { collectFiles } from "../../support/providers/collect.ts";
import { asset, DATASET_ID, DOCUMENTS, WORKSPACE } from "../../support/providers/fake-studio.ts";
import {
  type Answer,
  startHttpsServer,
  type TestServer,
} from "../../support/providers/https-server.ts";
import { answerOk, transportFor } from "../../support/providers/transport-for.ts";

let answerNext: Answer = answerOk;
let server: TestServer;
beforeAll(async () => {
  server = await startHttpsServer((...call) => answerNext(...call));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
let seenBefore = 0;
beforeEach(() => {
  answerNext = answerOk;
  seenBefore = server.seen.length;
});
const paths = () => server.seen.slice(seenBefore).map(({ path }) => path);

describe("an address that must not be called", () => {
  it.each(FORBIDDEN_URLS)("is not followed to: %s", async (location) => {
    answerNext = (_request, response) =>
      response.writeHead(302, { location: ascii(location) }).end();
    const transport = transportFor([server.host, "*.azureml.net"]);

    const call = transport.fetchStream({ method: "GET", url: `${server.origin}/first` });

    await expect(call).rejects.toMatchObject({ code: "outbound-refused" });
    expect(paths()).toEqual(["/first"]);
  });

  it.each(FORBIDDEN_URLS)(
    "is no place of content, whatever the source says: %s",
    async (BaseUri) => {
      const document = JSON.parse(DOCUMENTS[`/datasources/${DATASET_ID}`] ?? "") as object;
      answerNext = (request, response) => {
        const isDocument = request.url?.endsWith(`/datasources/${DATASET_ID}`) === true;
        const link = { BaseUri, Location: "", AccessCredential: "" };
        response.end(JSON.stringify(isDocument ? { ...document, DownloadLocation: link } : {}));
      };
      const provider = createStudioProvider({
        transport: transportFor([server.host, "*.azureml.net"]),
        clock: memoryClock(),
        managementUrls: new Map(),
        arm: null,
        keys: { keyOf: async () => "key", drop: () => undefined },
      });
      const workspace = { ...WORKSPACE, studioUrl: server.origin };

      const files = await collectFiles(provider.files(workspace, asset("dataset", DATASET_ID)));
      const content = files.find(({ key }) => key === "content");
      const opened = content?.open();

      // What is no URL at all is the source's mistake.
      const code = URL.parse(BaseUri) === null ? "source-invalid" : "outbound-refused";
      await expect(opened).rejects.toMatchObject({ code });
      expect(paths().every((path) => path.startsWith("/api/"))).toBe(true);
    },
  );
});

describe("a name that is allowed", () => {
  const named = () => server.origin.replace("127.0.0.1", "localhost");
  const hosts = () => [server.host.replace("127.0.0.1", "localhost")];
  /** Answers with the next of these addresses, or lists of them, each time. */
  function names(...answers: (readonly string[])[]) {
    const asked: string[] = [];
    const resolve: ResolveName = (hostname, _options, done) => {
      const addresses = answers[Math.min(asked.push(hostname), answers.length) - 1] ?? [];
      const found = addresses.map(
        (address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 }),
      );
      process.nextTick(() => done(null, found));
    };
    return { asked, resolve };
  }

  it("is resolved once for a connection, which goes to that address", async () => {
    const { asked, resolve } = names(["127.0.0.1"]);
    const transport = transportFor(hosts(), { resolve });

    for (let calls = 0; calls < 3; calls += 1) {
      await transport.fetchText({ method: "GET", url: named() });
    }

    expect(paths()).toHaveLength(3);
    expect(asked).toEqual(["localhost"]);
  });

  it.each([
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "::",
    "::ffff:169.254.169.254",
    "fc00::1",
    "fe80::1",
    "64:ff9b::a9fe:a9fe",
    "no-address",
  ])("is not called when it leads to %s", async (address) => {
    const transport = transportFor(hosts(), {
      allowAddress: allowAddresses({ allowLoopback: false }),
      resolve: names([address]).resolve,
    });

    const call = transport.fetchText({ method: "GET", url: named() });

    await expect(call).rejects.toMatchObject({ code: "outbound-refused" });
    expect(paths()).toEqual([]);
  });

  it("is not called when one of its addresses is such a one", async () => {
    const { resolve } = names(["127.0.0.1", "169.254.169.254"]);
    const transport = transportFor(hosts(), { resolve });

    const call = transport.fetchText({ method: "GET", url: named() });

    await expect(call).rejects.toMatchObject({ code: "outbound-refused" });
  });

  it("gains nothing by another answer later: each connection is checked", async () => {
    answerNext = (_request, response) => response.setHeader("connection", "close").end("ok");
    const { asked, resolve } = names(["127.0.0.1"], ["169.254.169.254"]);
    const transport = transportFor(hosts(), { resolve });
    const call = () => transport.fetchText({ method: "GET", url: named() });

    const first = await call();

    expect(first.body).toBe("ok");
    await expect(call()).rejects.toMatchObject({ code: "outbound-refused" });
    expect([asked.length, paths().length]).toEqual([2, 1]);
  });

  it("is checked in a redirect too", async () => {
    answerNext = (_request, response) =>
      response.writeHead(302, { location: `${named()}/next` }).end();
    const { resolve } = names(["10.0.0.1"]);
    const transport = transportFor([server.host, ...hosts()], { resolve });

    const call = transport.fetchText({ method: "GET", url: `${server.origin}/first` });

    await expect(call).rejects.toMatchObject({ code: "outbound-refused" });
    expect(paths()).toEqual(["/first"]);
  });

  it("is away, and not refused, when it has no address", async () => {
    const transport = transportFor(hosts(), { resolve: names([]).resolve });

    const call = transport.fetchText({ method: "GET", url: named() });

    await expect(call).rejects.toMatchObject({ code: "source-unavailable" });
  });
});

/** A header takes no other characters; a client reads the escapes as what they stand for. */
function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, encodeURIComponent);
}
