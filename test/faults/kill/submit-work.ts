import { ServiceBusClient } from "@azure/service-bus";
import { z } from "zod";
import type { Submission, Thing } from "../checker/evidence.ts";
import type { Run } from "./run-state.ts";
import { datasetsIn, thingOf } from "./source-things.ts";
import type { Work } from "./workload.ts";

/** The object id of who wants the deletion of a ticket: nobody who approves. */
const TICKET_AUTHOR = "22222222-2222-4222-8222-222222222222";
const LOOK_EVERY_MS = 3_000;
const requestSchema = z.object({ id: z.string() });
const listSchema = z.object({ requests: z.array(requestSchema) });

/** Puts tickets into the queue of the ticketing system; sends again what was not acknowledged. */
export class TicketSystem implements AsyncDisposable {
  readonly #client: ServiceBusClient;
  readonly #sender;

  constructor(connectionString: string) {
    this.#client = new ServiceBusClient(connectionString);
    this.#sender = this.#client.createSender("privacy-requests");
  }

  /** Sends one body; the broker has it when this returns. */
  async send(messageId: string, body: unknown): Promise<void> {
    const contentType = "application/cloudevents+json";
    await this.#sender.sendMessages({ messageId, contentType, body });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}

/**
 * Asks for what the work says, by its door, as often as it takes, and gives the id of the request; null if refused, or
 * if the other of two rivals has deleted the workspace already.
 */
export async function submitWork(
  run: Run,
  tickets: TicketSystem,
  work: Work,
  things: readonly Thing[],
): Promise<string | null> {
  if (!(await isKnown(run, work))) return null;
  const { scope, named } = await scopeOf(run, work);
  const packaged = things.filter((thing) => thing !== thingOf(work.workspace.id, "workspace", ""));
  run.history.begin(submissionOf(work, named ?? packaged));
  const { kind, exportFirst, key } = work;
  const body = { kind, scope, externalId: key, ...(kind === "delete" && { exportFirst }) };
  return work.door === "http"
    ? submitByHttp(run, key, body)
    : submitByTicket(run, tickets, key, body);
}

function submissionOf(work: Work, things: readonly Thing[]): Omit<Submission, "tries"> {
  const { key, kind, exportFirst, door, decision, isRival } = work;
  const done = ["completed", "completed-with-exceptions"];
  const ends = decision === "cancel" && kind === "delete" ? ["cancelled"] : done;
  return {
    key,
    asker: door === "http" ? "requester-tool" : TICKET_AUTHOR,
    kind,
    exportFirst: kind === "delete" && exportFirst,
    approvalsNeeded: 1,
    // What a rival has deleted before cannot be in the package.
    things: isRival ? null : things,
    mayEndAs: [
      ...ends,
      ...(exportFirst ? ["refused"] : []),
      ...(isRival ? ["failed", "cancelled"] : []),
    ],
  };
}

async function scopeOf({ stack }: Run, { workspace, scope }: Work) {
  const ref = workspace.armId ?? workspace.id;
  if (scope === "workspace") return { scope: { workspace: ref }, named: null };
  const [first] = await datasetsIn(stack.simulators, workspace);
  const id = first?.id ?? "";
  const asset = { kind: "dataset", id, workspace: ref };
  return { scope: { assets: [asset] }, named: [thingOf(workspace.id, "dataset", id)] };
}

/** Free and guest workspaces have to be known before anything can be asked of them; one that is gone is refused. */
async function isKnown({ api }: Run, { workspace, isRival }: Work): Promise<boolean> {
  const { id, token, accountType } = workspace;
  if (token === null || accountType === "standard") return true;
  const body = { region: "South Central US", type: accountType, token };
  const path = `/api/workspaces/${id}`;
  const answer = await api.call({ method: "PUT", path, as: "requester-tool", body });
  if (answer.status < 300) return true;
  if (isRival && answer.status === 403) return false;
  throw new Error(`${path} answers ${answer.status}: ${answer.text}`);
}

async function submitByHttp(
  { api, history }: Run,
  key: string,
  body: unknown,
): Promise<string | null> {
  const answer = await api.call({
    method: "POST",
    path: "/api/privacy-requests",
    as: "requester-tool",
    headers: { "idempotency-key": key },
    body,
    onTry: ({ at, answer: told }) => {
      const isTaken = told?.status === 202;
      const requestId = isTaken ? requestSchema.parse(told.body).id : null;
      const outcome = told === null ? "unknown" : isTaken ? "ok" : "refused";
      history.tried(key, { at, answer: outcome, requestId });
    },
  });
  return answer.status === 202 ? requestSchema.parse(answer.body).id : null;
}

async function submitByTicket(
  { api, feed, history, signal }: Run,
  tickets: TicketSystem,
  key: string,
  data: object,
): Promise<string> {
  const event = {
    specversion: "1.0",
    id: key,
    source: "https://tickets.example",
    type: "studio-dsr.privacy-request.v1",
    datacontenttype: "application/json",
    data: { ...data, requestedBy: TICKET_AUTHOR },
  };
  for (let isSent = false; !isSent; ) {
    signal.throwIfAborted();
    const at = new Date().toISOString();
    isSent = await tickets.send(key, event).then(
      () => true,
      () => false,
    );
    history.tried(key, { at, answer: isSent ? "ok" : "unknown", requestId: null });
  }
  for (;;) {
    const told = feed.requestIdOf(key);
    if (told !== undefined) return told;
    await feed.next(key, LOOK_EVERY_MS, signal);
    const path = `/api/privacy-requests?externalId=${key}`;
    const answer = await api.call({ method: "GET", path, as: "operator-app" });
    const [found] = listSchema.parse(answer.body).requests;
    if (found !== undefined) return found.id;
  }
}
