import { describe } from "vitest";
import { receiptsContract } from "../../support/contracts/receipts-contract.ts";
import { signerContract } from "../../support/contracts/signer-contract.ts";
import { memoryReceipts } from "../../support/memory/receipts.ts";
import { memorySigner } from "../../support/memory/signer.ts";

describe("receipts in memory", () => {
  receiptsContract(memoryReceipts);
});

describe("the signer in memory", () => {
  signerContract(async () => {
    const signer = memorySigner();
    return { signer, rotate: async () => signer.rotate() };
  });
});
