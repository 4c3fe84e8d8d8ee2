import { describe } from "vitest";
import { claimsContract } from "../../support/contracts/claims-contract.ts";
import { controlsContract } from "../../support/contracts/controls-contract.ts";
import { dueIndexContract } from "../../support/contracts/due-index-contract.ts";
import { intentsContract } from "../../support/contracts/intents-contract.ts";
import { ledgerContract } from "../../support/contracts/ledger-contract.ts";
import { limiterContract } from "../../support/contracts/limiter-contract.ts";
import { requestListContract } from "../../support/contracts/request-list-contract.ts";
import { slicesContract } from "../../support/contracts/slices-contract.ts";
import { tokenVaultContract } from "../../support/contracts/token-vault-contract.ts";
import { workspaceRegistryContract } from "../../support/contracts/workspace-registry-contract.ts";
import { memoryClaims } from "../../support/memory/claims.ts";
import { memoryControls } from "../../support/memory/controls.ts";
import { memoryDueIndex } from "../../support/memory/due-index.ts";
import { memoryIntents } from "../../support/memory/intents.ts";
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
describe("intents in memory", () => {
  intentsContract(memoryIntents);
});
describe("controls in memory", () => {
  controlsContract(memoryControls);
});
describe("claims in memory", () => {
  claimsContract(memoryClaims);
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
