import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { TableClient, type TransactionAction } from "@azure/data-tables";
import { ManagedIdentityCredential } from "@azure/identity";
import { ROW_BYTES } from "./row-bytes.ts";

/**
 * What the intake is compared with: takes any body and stores it in one table transaction, with as many
 * rows and bytes as the app's, and nothing else. `POST /` answers 202 with an id, `GET /<id>` tells
 * whether it is there.
 */
const { values } = parseArgs({ options: { table: { type: "string", default: "" } } });
const table = new TableClient(values.table, "bare", new ManagedIdentityCredential());
await table.createTable();

const server = createServer((request, response) => {
  void answer(request)
    .catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : "failed");
      return { status: 500, body: "" };
    })
    .then(({ status, body }) =>
      response.writeHead(status, { "content-type": "application/json" }).end(body),
    );
});
server.listen(0, "127.0.0.1", () => {
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;
  console.log(`READY ${JSON.stringify({ url: `http://127.0.0.1:${port}` })}`);
});
process.on("SIGTERM", () => process.exit(0));

async function answer(request: IncomingMessage) {
  return request.method === "POST" ? store(request) : find(request.url?.slice(1) ?? "");
}

async function store(request: IncomingMessage) {
  const id = randomUUID();
  const body = await text(request);
  const rows = Object.entries(ROW_BYTES).map(
    ([rowKey, bytes]): TransactionAction => [
      "create",
      { partitionKey: id, rowKey, body0: body.padEnd(bytes) },
    ],
  );
  await table.submitTransaction(rows);
  return { status: 202, body: JSON.stringify({ id }) };
}

async function find(id: string) {
  const { body0 } = await table.getEntity<{ body0: string }>(id, "request");
  return { status: 200, body: body0 };
}
