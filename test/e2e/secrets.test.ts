import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ServiceBusClient } from "@azure/service-bus";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { credentialOf, hexOf, workspaceIdOf } from "../../local/simulators/seed/derived-ids.ts";
import { PEOPLE } from "../../local/simulators/seed/people.ts";
import { TICKET_TYPE } from "../../shared/core/ticket.ts";
import { requestListSchema } from "../../shared/core/wire.ts";
import { jsonBody, type LocalStack, localStack } from "../support/e2e/local-stack.ts";
import {
  brokerClient,
  messagesOf,
  type Place,
  placesWith,
  storedNames,
  storedRows,
} from "../support/e2e/stored.ts";

const run = promisify(execFile);

const CHURN = workspaceIdOf("S1");
const TRAINING = `${CHURN}.f-id.22070af37c805222cafc51d35b75f5b7`;

let local: LocalStack;
beforeAll(async () => {
  local = await localStack({ RETRY_BASE_MS: "50", RETRY_CAP_MS: "100", RETRY_MAX_TRIES: "3" });
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
});

describe("a person's address, account id and workspace token", () => {
  const { email } = PEOPLE.maja;
  const accountId = hexOf("user:maja", 16).toUpperCase();
  const token = credentialOf("token1:F1");
  const canaries = [email ?? "", accountId, token];

  it("are in the package and in the rows of requests, and nowhere else that a request goes", async () => {
    await using client = brokerClient(local);
    const exported = await overHttp();
    const id = exported.id;
    const printed = await patternsOf(canaries);
    const known = await filesWith(await patternsOf([id]), local.dataDir);
    const leaks = await filesWith(printed, local.dataDir);
    await overTickets(client);

    // What the broker has had so far, and what the host and the broker say of themselves.
    const outside = ["simulators", "azurite"].map((part) => join(local.dataDir, part));
    const isOurs = (file: string) => !outside.some((folder) => file.startsWith(folder));
    expect(leaks.filter(isOurs)).toEqual([]);
    expect(known.filter(isOurs).length).toBeGreaterThan(0);
    const rows = await storedRows(local);
    const told = await messagesOf(client, "privacy-events", { subscription: "local" });
    const events = told.map(
      ({ body, applicationProperties }): Place => [
        "event",
        JSON.stringify([body, applicationProperties]),
      ],
    );
    const isRequest = ([where]: Place) => where === "requests request";
    const places = [
      ...rows.filter((row) => !isRequest(row)),
      ...(await storedNames(local)),
      ...events,
      ...local.lines.map((line): Place => ["standard output", line]),
    ];
    expect(placesWith(canaries, places)).toEqual([]);
    // The search does find what is there.
    const found = placesWith([id], places).map((where) => where.split(" ")[0]);
    const everywhere = ["blob", "due", "event", "list", "requests", "standard"];
    expect(found).toEqual(expect.arrayContaining(everywhere));
    expect(placesWith([email ?? ""], rows.filter(isRequest)).length).toBeGreaterThan(0);
    const folder = await local.download(id);
    expect(await filesWith(await patternsOf([email ?? ""]), folder)).not.toEqual([]);
  });

  /** The canaries in whatever HTTP takes: a token, people, reasons, bodies and addresses that are wrong. */
  async function overHttp() {
    const registered = await local.api(`/api/workspaces/${workspaceIdOf("F1")}`, {
      ...jsonBody({ region: "southcentralus", token }),
      method: "PUT",
    });
    expect(registered.status).toBe(201);
    const [id, other] = await Promise.all([
      submitted({ kind: "export", scope: { subject: { email } } }),
      submitted({ kind: "delete", scope: { subject: { accountId } } }),
    ]);
    const wrong = [
      { kind: email, scope: { workspace: accountId } },
      { kind: "export", scope: { subject: { email, [token]: accountId } } },
    ];
    for (const body of wrong) {
      const answer = await local.api("/api/privacy-requests", jsonBody(body));
      expect(answer.status).toBe(400);
      expect(placesWith(canaries, [["answer", await answer.text()]])).toEqual([]);
    }
    await local.api(`/api/privacy-requests?externalId=${encodeURIComponent(email ?? "")}`);
    await local.until(other, ["awaiting-approval"]);
    const reason = jsonBody({ reason: `asked by ${email}` });
    await local.api(`/api/privacy-requests/${other}/refuse`, reason, "approver-app");
    return local.until(id, ["completed", "completed-with-exceptions"]);
  }

  /** The same over the queue: a ticket that is taken, and two that are not. */
  async function overTickets(client: ServiceBusClient) {
    const data = { kind: "export", scope: { subject: { accountId } }, externalId: "CANARY-1" };
    const event = { specversion: "1.0", id: "1", source: "/", type: TICKET_TYPE };
    const sender = client.createSender("privacy-requests");
    await sender.sendMessages([
      { body: { ...event, data } },
      { body: { ...event, data: { ...data, kind: email } } },
      { body: `${token} ${email}` },
    ]);
    const list = async () => {
      const answer = await local.api(
        "/api/privacy-requests?externalId=CANARY-1",
        {},
        "auditor-app",
      );
      return requestListSchema.parse(await answer.json()).requests;
    };
    await expect.poll(list, { timeout: 60_000 }).toHaveLength(1);
    const [taken] = await list();
    await expect
      .poll(async () => (await list())[0]?.state, { timeout: 60_000 })
      .toMatch(/^completed/);
    expect(taken?.submitter).toBe("ticket:tickets");
    const rejected = () => messagesOf(client, "privacy-requests-rejected");
    await expect.poll(rejected, { timeout: 60_000 }).toHaveLength(2);
    const properties = (await rejected()).map(
      (message): Place => ["property", JSON.stringify(message.applicationProperties)],
    );
    expect(placesWith(canaries, properties)).toEqual([]);
  }

  async function submitted(body: unknown): Promise<string> {
    const answer = await local.api("/api/privacy-requests", jsonBody(body));
    expect(answer.status).toBe(202);
    return ((await answer.json()) as { id: string }).id;
  }
});

describe("credentials in the metadata of a workspace", () => {
  it("get into nothing that an export writes: package, tables, blobs, queues, logs", async () => {
    await local.control("switches", { plantSecrets: true });
    const patterns = await patternsOf(await secretsOf("S1"));
    const raw = await rawDocuments();

    const id = await local.submit(CHURN);
    await local.until(id, ["completed"]);
    const folder = await local.download(id);

    // What the stores hold in memory reaches their files when they end.
    await local.stack.stop();
    // The whole data directory: storage with its tables and blobs, the broker's queues, the host and the logs.
    // Only the simulators' own folder is left out.
    const leaks = await filesWith(patterns, folder, local.dataDir);
    expect(leaks.filter((file) => !file.startsWith(join(local.dataDir, "simulators")))).toEqual([]);
    // The search does find what is there.
    expect(await filesWith(patterns, raw)).toHaveLength(4);
    const experiments = join(folder, "data/workspace/experiments");
    const document = join(experiments, "Churn - training/experiment.json");
    expect(await readFile(document, "utf8")).toContain("[redacted]");
  });
});

/** Every credential that an answer about the workspace can hold: the planted ones, keys, tokens, signatures. */
async function secretsOf(key: string): Promise<readonly string[]> {
  const answer = await fetch(`${local.stack.urls.control}/control/workspaces/${key}/secrets`);
  const secrets = (await answer.json()) as readonly string[]; // The control surface answers a list of texts.
  const planted = await fetch(`${local.stack.urls.control}/control/workspaces/${key}/planted`);
  expect(((await planted.json()) as readonly unknown[]).length).toBeGreaterThanOrEqual(60);
  return secrets;
}

/** A file with each secret in the forms in which it could be written, one a line. */
async function patternsOf(secrets: readonly string[]): Promise<string> {
  const forms = secrets.flatMap((secret) => {
    const bare = secret.replace(/=+$/, "");
    return [
      bare,
      bare.replaceAll("+", "-").replaceAll("/", "_"),
      bare.replaceAll("/", "\\/"),
      encodeURIComponent(bare),
      encodeURIComponent(encodeURIComponent(bare)),
    ];
  });
  const file = join(local.folder, `patterns-${randomUUID()}`);
  await writeFile(file, [...new Set(forms)].join("\n"));
  return file;
}

/** The same documents as the service sends them, in a folder beside the stack's. */
async function rawDocuments(): Promise<string> {
  const folder = join(local.folder, "raw");
  await mkdir(folder);
  const paths = ["", `/experiments/${TRAINING}`, "/gateways", "/datasources"];
  for (const [index, path] of paths.entries()) {
    const answer = await fetch(`${local.stack.urls.studio}/api/workspaces/${CHURN}${path}`, {
      headers: { "x-ms-metaanalytics-authorizationtoken": credentialOf("token1:S1") },
    });
    await writeFile(join(folder, `${index}.json`), await answer.text());
  }
  return folder;
}

/** The files below these folders that hold one of the patterns, whatever else they hold. */
async function filesWith(patterns: string, ...folders: readonly string[]): Promise<string[]> {
  const found = await run("grep", ["-rlaF", "-f", patterns, ...folders], {
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { code?: unknown; stdout: string }) => {
    // 1 says that there is none.
    if (error.code === 1) return { stdout: "" };
    throw error;
  });
  return found.stdout.split("\n").filter((line) => line !== "");
}
