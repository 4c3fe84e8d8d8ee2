import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { auditViewSchema } from "../../shared/core/wire.ts";
import type { CommandContext } from "../command-context.ts";
import { CommandError } from "../command-error.ts";
import { readNamedFile } from "../read-file.ts";
import { parseReceiptFile } from "../receipt-file.ts";
import { shownPath } from "../shown-path.ts";
import { type KnownHead, verifyAudit } from "../verify-audit.ts";
import { auditOf } from "../verify-receipt.ts";

const EVERY_MS = 1_000;
const TRIES = 120;

/** `studio-dsr receipt <id>`: fetches the receipt of a request that has ended. */
export async function fetchReceipt(
  context: CommandContext,
  requestId: string,
  options: { readonly out?: string },
): Promise<void> {
  const file = resolve(options.out ?? join(context.receiptsFolder, `${requestId}.json`));
  const receipt = await receiptOf(context, requestId);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, receipt);
  const next = `Prove it with: studio-dsr verify-receipt ${shownPath(file)}`;
  context.print(`${shownPath(file)}: ${receipt.length} bytes\n${next}`, { file });
}

/** A receipt is issued soon after the end: while it is on its way, this waits. */
async function receiptOf({ client, signal }: CommandContext, requestId: string): Promise<Buffer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.getReceipt(requestId);
    } catch (error) {
      const isOnItsWay = error instanceof CommandError && error.code === "receipt-not-ready";
      if (!isOnItsWay || attempt === TRIES) throw error;
      if ((await client.getRequest(requestId)).finishedAt === null) throw error;
    }
    await delay(EVERY_MS, undefined, { signal });
  }
}

/** `studio-dsr verify-audit <id or file>`: proves an audit trail, and that it is the one that a receipt names. */
export async function proveAudit(
  context: () => Promise<CommandContext>,
  print: CommandContext["print"],
  source: string,
  options: { readonly receipt?: string },
): Promise<void> {
  const isId = /^[0-9a-f]{32}$/.test(source);
  const trail = isId ? await (await context()).client.getAudit(source) : await trailOf(source);
  const known = options.receipt === undefined ? null : await headOf(options.receipt);
  verifyAudit(trail, known);
  const against = known === null ? "" : ", and it is the one that the receipt names";
  print(`The audit trail is whole: ${trail.entries.length} entries${against}.`, {
    verified: true,
    requestId: trail.requestId,
    entries: trail.entries.length,
    head: trail.head,
  });
}

async function trailOf(file: string) {
  const text = (await readNamedFile(file)).toString("utf8");
  try {
    return auditViewSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CommandError(`${shownPath(file)} is no audit trail of a request.`, {
      exitCode: 2,
      cause,
    });
  }
}

async function headOf(file: string): Promise<KnownHead> {
  return auditOf(parseReceiptFile(await readNamedFile(file)).payload);
}
