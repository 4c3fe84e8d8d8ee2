import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createMovableClock } from "../../../local/simulators/clock.ts";
import { linkOf } from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const MOVIES = "Movies";
const MOVIES_BYTES = 1_399_981;

const simulators = await startTestSimulators({ largeDatasetBytes: 3_000_000_000 });
afterAll(() => simulators[Symbol.asyncDispose]());
beforeEach(() => {
  simulators.switches.reset();
  simulators.faults.clear();
});

async function bytes(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

describe("download links", () => {
  it("give the bytes without a token, with length and entity tag", async () => {
    const response = await fetch(await linkOf(simulators, "S1", MOVIES));

    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(MOVIES_BYTES));
    expect(response.headers.get("etag")).toMatch(/^"0x[0-9A-F]{16}"$/);
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect((await bytes(response)).length).toBe(MOVIES_BYTES);
  });

  it.each(["Authorization", "x-ms-metaanalytics-authorizationtoken"])(
    "are refused when a token comes along in %s",
    async (header) => {
      const link = await linkOf(simulators, "S1", MOVIES);

      const response = await fetch(link, { headers: { [header]: "Bearer anything" } });

      expect(response.status).toBe(403);
      expect(response.headers.get("content-type")).toBe("application/xml");
      expect(await response.text()).toContain("<Code>AuthenticationFailed</Code>");
    },
  );

  it("are refused when altered", async () => {
    const link = await linkOf(simulators, "S1", MOVIES);
    const other = link.replace(/se%3D\d{4}/, "se%3D2099");

    const response = await fetch(other);

    expect(other).not.toBe(link);
    expect(response.status).toBe(403);
    expect(await response.text()).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?><Error><Code>/);
  });

  it("are refused once expired, while a fresh one works", async () => {
    const clock = createMovableClock();
    await using own = await startTestSimulators({ clock });
    own.switches.change({ linkTtlSeconds: 60 });
    const link = await linkOf(own, "S1", "Unemployment by county");

    const before = await fetch(link);
    clock.advance(61_000);
    const after = await fetch(link);
    const renewed = await fetch(await linkOf(own, "S1", "Unemployment by county"));

    expect([before.status, after.status, renewed.status]).toEqual([200, 403, 200]);
  });

  it("answer 500 when the workspace's storage account is gone", async () => {
    const response = await fetch(await linkOf(simulators, "S3", "Sales by store"));

    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ Error: { Code: "AzureStorageError" } });
  });
});

describe("ranges", () => {
  it("resume a cut download so that the parts make the whole", async () => {
    const link = await linkOf(simulators, "S1", MOVIES);
    const whole = await fetch(link);
    const expected = await bytes(whole);
    const etag = whole.headers.get("etag") ?? "";

    const rest = await fetch(link, { headers: { Range: "bytes=1000000-", "If-Range": etag } });

    expect(rest.status).toBe(206);
    expect(rest.headers.get("content-range")).toBe(`bytes 1000000-1399980/${MOVIES_BYTES}`);
    expect(rest.headers.get("content-length")).toBe("399981");
    expect((await bytes(rest)).equals(expected.subarray(1_000_000))).toBe(true);
  });

  it("give the whole when If-Range names another entity tag", async () => {
    const link = await linkOf(simulators, "S1", MOVIES);

    const response = await fetch(link, {
      headers: { Range: "bytes=1000000-", "If-Range": '"0x0000000000000000"' },
    });

    expect(response.status).toBe(200);
    expect((await bytes(response)).length).toBe(MOVIES_BYTES);
  });

  it("beyond the end are answered with 416 and the size", async () => {
    const link = await linkOf(simulators, "S1", MOVIES);

    const response = await fetch(link, { headers: { Range: `bytes=${MOVIES_BYTES}-` } });

    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe(`bytes */${MOVIES_BYTES}`);
  });

  it("reach into the generated data set without reading what is before", async () => {
    const link = await linkOf(simulators, "S1", "Large generated data set");

    const response = await fetch(link, { headers: { Range: "bytes=2999999990-" } });

    expect(response.headers.get("content-range")).toBe("bytes 2999999990-2999999999/3000000000");
    expect((await bytes(response)).length).toBe(10);
  });
});

describe("spoiled downloads", () => {
  it("break after the bytes that a fault allows", async () => {
    const link = await linkOf(simulators, "S1", MOVIES);
    simulators.faults.add([
      {
        surface: "storage",
        method: "GET",
        pathPattern: "sharedaccess",
        nth: 1,
        times: 1,
        action: { cutAfterBytes: 500_000 },
      },
    ]);

    const response = await fetch(link);
    let receivedBytes = 0;
    const reading = (async () => {
      for await (const chunk of response.body ?? []) receivedBytes += chunk.length;
    })();

    await expect(reading).rejects.toThrow("terminated");
    expect(receivedBytes).toBe(500_000);
    expect(response.headers.get("content-length")).toBe(String(MOVIES_BYTES));
  });

  it("announce a byte more than they send, or no length at all", async () => {
    const link = await linkOf(simulators, "S1", "Unemployment by county");

    simulators.switches.change({ contentLength: "wrong" });
    const wrong = await fetch(link);
    simulators.switches.change({ contentLength: "chunked" });
    const chunked = await fetch(link);

    await expect(wrong.arrayBuffer()).rejects.toThrow("terminated");
    expect(chunked.headers.get("content-length")).toBeNull();
    expect((await bytes(chunked)).length).toBe(34_739);
  });
});
