import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../../support/cli/run-cli.ts";
import { memorySigner } from "../../support/memory/signer.ts";
import { receiptFile, SAMPLE_RECEIPT } from "../../support/receipts.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

/** A folder with a receipt and the keys, and what the command says there without any connection. */
async function receiptFolder() {
  const signer = memorySigner();
  const folder = await temporaryFolder();
  const file = join(folder.path, "receipt.json");
  const jwks = join(folder.path, "jwks.json");
  const content = await receiptFile(signer, 5);
  await writeFile(file, content);
  await writeFile(jwks, JSON.stringify({ keys: await signer.keys() }));
  const verify = (...args: string[]) =>
    runCli(
      ["verify-receipt", ...args],
      { STUDIO_DSR_API: "http://127.0.0.1:1" },
      { cwd: folder.path },
    );
  return {
    file,
    jwks,
    content,
    verify,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe("studio-dsr verify-receipt", () => {
  it("proves a receipt with a file of keys, without a connection", async () => {
    await using folder = await receiptFolder();

    const { exitCode, stdout } = await folder.verify(folder.file, "--jwks", folder.jwks);

    expect(exitCode).toBe(0);
    expect(stdout).toContain("receipt.json is valid");
    expect(stdout).toContain(`Request ${SAMPLE_RECEIPT.requestId} (delete) ended as completed`);
  });

  it("gives what the receipt says as JSON", async () => {
    await using folder = await receiptFolder();

    const { stdout } = await folder.verify(folder.file, "--jwks", folder.jwks, "--json");

    expect(JSON.parse(stdout)).toMatchObject({
      verified: true,
      receipt: { requestId: SAMPLE_RECEIPT.requestId, assets: expect.any(Array) },
    });
  });

  it("fails with a stable code when a byte is another one", async () => {
    await using folder = await receiptFolder();
    await writeFile(folder.file, folder.content.toString().replace("completed", "Completed"));

    const result = await folder.verify(folder.file, "--jwks", folder.jwks, "--json");

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("The receipt is NOT valid");
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: "receipt-not-valid" } });
  });

  it.each([
    ["the receipt", ["nowhere.json", "--jwks", "jwks.json"], "nowhere.json cannot be read"],
    ["the file of keys", ["receipt.json", "--jwks", "nowhere.json"], "nowhere.json cannot be read"],
    ["a key in that file", ["receipt.json", "--jwks", "receipt.json"], "is no JWK set"],
    ["the API", ["receipt.json"], "Name a file of keys with --jwks"],
  ])("says what to do when %s is not there", async (_what, args, sentence) => {
    await using folder = await receiptFolder();

    const { exitCode, stderr } = await folder.verify(...args);

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(sentence);
  });
});
