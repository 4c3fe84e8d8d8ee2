import { readNamedFile } from "../read-file.ts";
import { shownPath } from "../shown-path.ts";
import { keysFromFile, keysOfApi } from "../signing-keys.ts";
import { type ShownReceipt, verifyReceipt } from "../verify-receipt.ts";

/** What `verify-receipt` works with: no token, and with `jwks` no connection either. */
export type ProofContext = {
  /** Where the API is; asked only when no file of keys is named. */
  readonly api: () => Promise<string>;
  readonly print: (text: string, value: unknown) => void;
  readonly signal: AbortSignal;
};

/** `studio-dsr verify-receipt <file>`: proves a receipt with the keys of a file, or of the API. */
export async function proveReceipt(
  { api, print, signal }: ProofContext,
  path: string,
  options: { readonly jwks?: string },
): Promise<void> {
  const file = await readNamedFile(path);
  const keys =
    options.jwks === undefined
      ? await keysOfApi(await api(), signal)
      : await keysFromFile(options.jwks);
  const { receipt, kid } = await verifyReceipt(file, keys);
  print(provenText(path, receipt, kid), { verified: true, kid, receipt });
}

function provenText(path: string, receipt: ShownReceipt, kid: string): string {
  const { requestId, kind, state, finishedAt, counts, audit } = receipt;
  const assets = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    `${shownPath(path)} is valid: signed by the key ${kid}, and unchanged since.`,
    `Request ${requestId} (${kind}) ended as ${state} at ${finishedAt}.`,
    `Assets: ${assets.length === 0 ? "none" : assets.join(", ")}.`,
    `Audit: ${audit.entries} entries, the last with the hash ${audit.head}.`,
  ].join("\n");
}
