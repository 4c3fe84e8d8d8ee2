import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { TableClient } from "@azure/data-tables";
import { AnonymousCredential, BlobServiceClient } from "@azure/storage-blob";
import { describe, expect, it } from "vitest";
import { blobPackages } from "../../../shared/adapters/blob-packages.ts";
import { systemClock } from "../../../shared/adapters/system-clock.ts";
import { tableDueIndex } from "../../../shared/adapters/table-due-index.ts";
import { newRequestId } from "../../support/contracts/samples.ts";

describe("the store while the service is out of order", () => {
  it("makes the table at the next call when the first could not", async () => {
    const answers = [503, 204, 204];
    await using server = await startServer(() => answers.shift() ?? 204);
    const index = tableDueIndex(tableAt(server.url));
    const due = { lookAt: "2026-01-15T09:00:00.000Z", requestId: newRequestId() };

    const first = index.add(due);
    await expect(first).rejects.toMatchObject({ code: "store-unavailable", retryAfterMs: 7000 });
    await index.add(due);
    await index.add(due);

    expect(server.seen.map(({ method }) => method)).toEqual(["POST", "POST", "PUT", "PUT"]);
  });

  it("is unavailable, for rows and for blobs", async () => {
    await using server = await startServer(() => 503);
    const index = tableDueIndex(tableAt(server.url));
    const packages = blobPackages(blobsAt(server.url), systemClock);
    const ref = { requestId: newRequestId(), name: "p/a" };

    const calls = await Promise.allSettled([
      index.until("2026-01-15T09:00:00.000Z", 10),
      packages.create(ref.requestId),
      packages.put(ref, Buffer.from("x")),
      packages.commit(ref, ["01"]),
      packages.read(ref),
      packages.list(ref.requestId, "")[Symbol.asyncIterator]().next(),
      packages.purge(ref.requestId),
    ]);

    const codes = calls.map((call) => (call.status === "rejected" ? call.reason.code : "none"));
    expect(new Set(codes)).toEqual(new Set(["store-unavailable"]));
  });
});

describe("an upload", () => {
  it("says that the blob is there when its own first answer was lost", async () => {
    const answers: Answer[] = ["lost", 409];
    await using server = await startServer(() => answers.shift() ?? 201);
    const packages = blobPackages(blobsAt(server.url, 2), systemClock);

    const outcome = await packages.put(
      { requestId: newRequestId(), name: "p/a" },
      Buffer.from("x"),
    );

    expect([outcome, server.seen.length]).toEqual(["exists", 2]);
  });

  it.each([
    [200, { value: "exists" }],
    [404, { reason: { code: "package-corrupt" } }],
  ])("whose blocks are gone asks whether the blob is there: %i", async (isThere, expected) => {
    const answers = [{ status: 400, code: "InvalidBlockList" }, isThere];
    await using server = await startServer(() => answers.shift() ?? 500);
    const packages = blobPackages(blobsAt(server.url), systemClock);

    const commit = packages.commit({ requestId: newRequestId(), name: "p/a" }, ["01"]);

    const [settled] = await Promise.allSettled([commit]);
    expect(settled).toMatchObject(expected);
  });

  it("tells its MD5 and that nothing may be there yet", async () => {
    await using server = await startServer(() => 201);
    const packages = blobPackages(blobsAt(server.url), systemClock);
    const ref = { requestId: newRequestId(), name: "p/a" };

    await packages.put(ref, Buffer.from("content"));
    await packages.stage(ref, "e1-000001", Buffer.from("content"));
    await packages.commit(ref, ["e1-000001"]);

    const [put, stage, commit] = server.seen.map(({ headers }) => headers);
    expect(put).toMatchObject({
      "content-md5": "mgNkuembtIDdJeHwKEyFVQ==",
      "if-none-match": "*",
    });
    expect(stage).toMatchObject({ "content-md5": "mgNkuembtIDdJeHwKEyFVQ==" });
    expect(commit).toMatchObject({ "if-none-match": "*" });
    expect(server.seen[1]?.url).toContain("blockid=ZTEtMDAwMDAx");
  });

  it("leaves the MD5 of blocks out when it is not wanted", async () => {
    await using server = await startServer(() => 201);
    const packages = blobPackages(blobsAt(server.url), systemClock, { withBlockMd5: false });
    const ref = { requestId: newRequestId(), name: "p/a" };

    await packages.put(ref, Buffer.from("content"));
    await packages.stage(ref, "e1-000001", Buffer.from("content"));

    const [put, stage] = server.seen.map(({ headers }) => headers["content-md5"]);
    expect(put).toBe("mgNkuembtIDdJeHwKEyFVQ==");
    expect(stage).toBeUndefined();
  });
});

type Answer = number | "lost" | { readonly status: number; readonly code: string };

/** A service that answers every request as it is told, or breaks the connection. */
async function startServer(next: () => Answer) {
  const seen: { method: string; url: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers });
    request.resume().on("end", () => {
      const answer = next();
      if (answer === "lost") return response.destroy();
      const { status, code } = typeof answer === "number" ? { status: answer, code: "" } : answer;
      const body = code === "" ? "" : `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;
      const type = { "content-type": "application/xml" };
      return response.writeHead(status, { "retry-after": "7", ...type }).end(body);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return {
    url: `http://127.0.0.1:${address.port}/account`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function tableAt(url: string): TableClient {
  return new TableClient(url, "due", {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
}

function blobsAt(url: string, maxTries = 1): BlobServiceClient {
  const retryOptions = { maxTries, retryDelayInMs: 1 };
  return new BlobServiceClient(url, new AnonymousCredential(), { retryOptions });
}
