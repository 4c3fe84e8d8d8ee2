import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TableClient } from "@azure/data-tables";
import { storageCredential } from "../../support/stack/storage-token.ts";
import type { Evidence } from "../checker/evidence.ts";
import type { Finding } from "../checker/finding.ts";
import type { FaultStack } from "./fault-stack.ts";

const MOST_LEDGERS = 20;
const TABLES = ["requests", "due"];

/** Writes what a run was judged by, what its processes printed last, and the rows of requests that went wrong. */
export async function keepEvidence(
  folder: string,
  { urls, lines }: FaultStack,
  evidence: Evidence,
  findings: readonly Finding[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeJson(folder, "evidence.json", evidence);
  await writeJson(folder, "findings.json", findings);
  await writeFile(join(folder, "processes.log"), `${lines.join("\n")}\n`);
  const wrong = [...new Set(findings.map(({ about }) => about))].slice(0, MOST_LEDGERS);
  for (const requestId of wrong.filter((about) => /^[0-9a-f]{32}$/.test(about))) {
    const rows: Record<string, unknown> = {};
    for (const name of TABLES) {
      const table = new TableClient(urls.azuriteTable, name, storageCredential());
      const key = name === "due" ? "RowKey" : "PartitionKey";
      const filter = name === "due" ? "" : `${key} eq '${requestId}'`;
      const all = await Array.fromAsync(table.listEntities({ queryOptions: { filter } }));
      rows[name] = name === "due" ? all.filter(({ rowKey }) => rowKey?.includes(requestId)) : all;
    }
    await writeJson(folder, `${requestId}.json`, rows);
  }
}

async function writeJson(folder: string, name: string, value: unknown): Promise<void> {
  await writeFile(join(folder, name), `${JSON.stringify(value, null, 1)}\n`);
}
