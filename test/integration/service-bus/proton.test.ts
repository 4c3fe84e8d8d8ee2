import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { connect, startTestBroker } from "./broker-fixture.ts";

const SCRIPT = fileURLToPath(new URL("../../support/proton-client.py", import.meta.url));
const run = promisify(execFile);

/** Debian's own Python first: `apt-get install python3-qpid-proton` is for that one. */
const python = ["/usr/bin/python3", "python3"].find(
  (candidate) => spawnSync(candidate, ["-c", "import proton"]).status === 0,
);

it("serves Apache Qpid Proton: token, send, receive, settle", async (context) => {
  if (python === undefined) {
    context.skip("no python3 can import proton: apt-get install python3-qpid-proton");
    return;
  }
  await using broker = await startTestBroker();
  await using client = connect(broker);
  const key = ["RootManageSharedAccessKey", "SAS_KEY_VALUE"];

  const { stdout } = await run(python, [SCRIPT, String(broker.port), "orders", ...key]);

  const properties = (number: number) => ({ number, text: "数据" });
  const fields = (number: number) => ({
    id: `m${number}`,
    body: `b${number}`,
    properties: properties(number),
    sequenceNumber: number + 1,
    deliveryCount: 0,
  });
  expect(JSON.parse(stdout)).toEqual({
    withoutToken: expect.stringContaining("No valid token was put on this connection."),
    wrongKey: 401,
    token: 202,
    received: [fields(0), fields(1), fields(2)],
    noEntity: expect.stringContaining("The messaging entity 'nope' could not be found."),
  });
  const left = await client.createReceiver("orders").peekMessages(5);
  const dead = await client.createReceiver("orders/$deadletterqueue").peekMessages(5);
  // Proton says that a released message was delivered: that counts as a failed delivery.
  expect(left).toMatchObject([{ messageId: "m2", body: "b2", deliveryCount: 1 }]);
  expect(dead).toMatchObject([{ messageId: "m1", body: "b1", subject: "s" }]);
});
