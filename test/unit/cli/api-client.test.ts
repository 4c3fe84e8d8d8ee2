import { expect, it, vi } from "vitest";
import { fixedToken } from "../../../cli/access-token.ts";
import { type ApiClient, apiClient, type Decision } from "../../../cli/api-client.ts";
import { OPERATIONS } from "../../../functions/api/table.ts";
import { operationAt } from "../../support/doors/assert-described.ts";

const ID = "0f".repeat(16);
const DECISIONS: Readonly<Record<Decision, true>> = {
  refuse: true,
  cancel: true,
  hold: true,
  release: true,
  extend: true,
  "await-identity": true,
};

/** Every call of the client. */
const CALLS: Readonly<Record<keyof ApiClient, (client: ApiClient) => Promise<unknown>>> = {
  submit: (client) => client.submit({ kind: "export", scope: { workspaces: [ID] } }, "key"),
  getRequest: (client) => client.getRequest(ID),
  retry: (client) => client.retry(ID),
  getPlan: (client) => client.getPlan(ID),
  approve: (client) => client.approve(ID, "0".repeat(64)),
  decide: (client) =>
    Promise.allSettled(
      Object.keys(DECISIONS).map((decision) => client.decide(ID, decision as Decision, "why")),
    ),
  confirmIdentity: (client) => client.confirmIdentity(ID, { method: "id", level: "high" }),
  getReceipt: (client) => client.getReceipt(ID),
  getAudit: (client) => client.getAudit(ID),
  getPackage: (client) => client.getPackage(ID),
  registerWorkspace: (client) => client.registerWorkspace(ID, { region: "x", token: "t" }),
  listWorkspaces: (client) => client.listWorkspaces(),
  getWorkspace: (client) => client.getWorkspace(ID),
  removeWorkspace: (client) => client.removeWorkspace(ID),
  getInventory: (client) => Array.fromAsync(client.getInventory(ID)),
  listRequests: (client) => client.listRequests({ state: "running" }),
  listDeadLetters: (client) => client.listDeadLetters({}),
  replayDeadLetter: (client) => client.replayDeadLetter("plans", "1"),
  discardDeadLetter: (client) => client.discardDeadLetter("plans", "1"),
  getControls: (client) => client.getControls(),
  setControls: (client) => client.setControls({ stopped: true, hourlyCap: null }),
  getRegister: (client) => client.getRegister({}),
  health: (client) => client.health(),
  runTimer: (client) => client.runTimer("reconcile"),
};

it("the command line can do whatever the API can", async () => {
  const made: string[] = [];
  const answer = { type: "x", title: "No", status: 404, code: "not-found" };
  vi.stubGlobal("fetch", async (url: string, { method }: { method: string }) => {
    made.push(operationAt(method, new URL(url).pathname) ?? `${method} ${url}`);
    return Response.json(answer, { status: 404 });
  });
  const folders = { packagesFolder: ".", receiptsFolder: "." };
  const connection = { api: "https://dsr.example", token: fixedToken("t"), ...folders };
  const client = apiClient(connection, new AbortController().signal);

  await Promise.allSettled(Object.values(CALLS).map((call) => call(client)));
  vi.unstubAllGlobals();

  // The keys are fetched where receipts are proven, without a token; the document describes the others.
  const elsewhere = ["signingKeys", "getOpenApi"];
  expect([...made, ...elsewhere].sort()).toEqual(Object.keys(OPERATIONS).sort());
});
