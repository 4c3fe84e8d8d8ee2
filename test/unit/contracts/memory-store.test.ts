import { describe } from "vitest";
import { dueIndexContract } from "../../support/contracts/due-index-contract.ts";
import { ledgerContract } from "../../support/contracts/ledger-contract.ts";
import { limiterContract } from "../../support/contracts/limiter-contract.ts";
import { requestListContract } from "../../support/contracts/request-list-contract.ts";
import { slicesContract } from "../../support/contracts/slices-contract.ts";
import { tokenVaultContract } from "../../support/contracts/token-vault-contract.ts";
import { workspaceRegistryContract } from "../../support/contracts/workspace-registry-contract.ts";
import { memoryDueIndex } from "../../support/memory/due-index.ts";
import { memoryLedger } from "../../support/memory/ledger.ts";
import { memoryLimiter } from "../../support/memory/limiter.ts";
import { memoryPartitions } from "../../support/memory/partitions.ts";
import { memoryRequestList } from "../../support/memory/request-list.ts";
import { memorySlices } from "../../support/memory/slices.ts";
import { memoryTokenVault } from "../../support/memory/token-vault.ts";
import { memoryWorkspaceRegistry } from "../../support/memory/workspace-registry.ts";

function store() {
  const partitions = memoryPartitions();
  return { ledger: memoryLedger(partitions), slices: memorySlices(partitions) };
}

describe("ledger in memory", () => {
  ledgerContract(store);
});
describe("slices in memory", () => {
  slicesContract(store);
});
describe("due index in memory", () => {
  dueIndexContract(memoryDueIndex);
});
describe("request list in memory", () => {
  requestListContract(memoryRequestList);
});
describe("limiter in memory", () => {
  limiterContract((clock, ruleOf) => {
    const limiter = memoryLimiter(clock, ruleOf);
    return [limiter, limiter];
  });
});

describe("workspace registry in memory", () => {
  workspaceRegistryContract(memoryWorkspaceRegistry);
});

describe("token vault in memory", () => {
  tokenVaultContract(memoryTokenVault);
});
