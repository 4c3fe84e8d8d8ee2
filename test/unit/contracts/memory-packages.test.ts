import { describe } from "vitest";
import { packageLinksContract } from "../../support/contracts/package-links-contract.ts";
import { packagesContract } from "../../support/contracts/packages-contract.ts";
import { memoryClock } from "../../support/memory/clock.ts";
import { memoryPackages } from "../../support/memory/packages.ts";

describe("packages in memory", () => {
  packagesContract(() => memoryPackages(memoryClock()));

  packageLinksContract(() => {
    const clock = memoryClock();
    const packages = memoryPackages(clock);
    return {
      packages,
      visit: (link, method) => packages.visit(link, method),
      later: (ms) => new Date(Date.parse(clock.now()) + ms).toISOString(),
      passes: async (instant) => clock.set(instant),
    };
  });
});
