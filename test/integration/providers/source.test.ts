import { describe } from "vitest";
import { sourceContract } from "../../support/contracts/source-contract.ts";
import {
  CHURN_ID,
  directoryOn,
  providerWith,
} from "../../support/providers/provider-on-simulators.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

describe("ARM and Studio (classic) on the simulators", () => {
  sourceContract(async () => {
    const simulators = await startTestSimulators();
    const directory = directoryOn(simulators);
    return {
      directory,
      provider: providerWith(simulators, directory),
      workspaceId: CHURN_ID,
      largeAsset: "Zip codes",
      [Symbol.asyncDispose]: () => simulators[Symbol.asyncDispose](),
    };
  });
});
