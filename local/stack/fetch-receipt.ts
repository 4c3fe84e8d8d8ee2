import { join } from "node:path";
import { z } from "zod";
import { type CliSurroundings, runCli } from "./run-cli.ts";

const receiptSchema = z.object({ file: z.string() });
const provenSchema = z.object({ verified: z.literal(true) });

/** Fetches the receipt of a request and proves it; its absolute path, or null when it was not proven. */
export async function fetchReceipt(
  dataDir: string,
  requestId: string,
  surroundings: CliSurroundings,
): Promise<string | null> {
  const out = join(dataDir, "receipts", `${requestId}.json`);
  const args = ["receipt", requestId, "--out", out];
  const fetched = await runCli({ args, schema: receiptSchema }, surroundings);
  if (!fetched.isOk) return null;
  const proven = await runCli(
    { args: ["verify-receipt", out], schema: provenSchema },
    surroundings,
  );
  return proven.isOk ? out : null;
}
