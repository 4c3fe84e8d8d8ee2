import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMovableClock, type MovableClock } from "../../../local/simulators/clock.ts";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import type { Provider } from "../../../shared/pipeline/ports.ts";
import { collect, collectFiles } from "../../support/providers/collect.ts";
import {
  assetNamed,
  providerFor,
  seededWorkspace,
} from "../../support/providers/provider-on-simulators.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const TEN_MINUTES_MS = 600_000;

let clock: MovableClock;
let simulators: Simulators;
let guest: Workspace;
let provider: Provider;
beforeEach(async () => {
  clock = createMovableClock();
  simulators = await startTestSimulators({ clock });
  guest = { ...seededWorkspace(simulators, "G2"), accountType: "guest" };
  provider = providerFor(simulators, "G2");
});
afterEach(() => simulators[Symbol.asyncDispose]());

describe.each(["401", "403", "404"] as const)("a guest workspace that ends with %s", (status) => {
  beforeEach(() => simulators.switches.change({ guestExpiry: status }));

  it("is there until then, and has expired after that", async () => {
    const assets = await collect(provider.inventory(guest));
    clock.advance(TEN_MINUTES_MS);

    const inventory = collect(provider.inventory(guest));
    const files = collectFiles(provider.files(guest, assetNamed(assets, "Customer survey May")));

    for (const ask of [inventory, files]) {
      await expect(ask).rejects.toMatchObject({ code: "guest-workspace-expired" });
    }
  });

  it("ends a download that has to ask for its link again", async () => {
    const assets = await collect(provider.inventory(guest));
    const files = await collectFiles(
      provider.files(guest, assetNamed(assets, "Customer survey May")),
    );
    clock.advance(TEN_MINUTES_MS);

    const open = files.find(({ key }) => key === "content")?.open();

    await expect(open).rejects.toMatchObject({ code: "guest-workspace-expired" });
  });
});

describe("a guest workspace that is there", () => {
  it("tells of an asset that is gone, as any other", async () => {
    const missing = {
      kind: "experiment",
      sourceId: `${guest.workspaceId}.f-id.${"0".repeat(32)}`,
      name: "gone",
      version: "1",
      bytes: 0,
      createdAt: null,
      modifiedAt: null,
    } as const;

    const files = collectFiles(provider.files(guest, missing));

    await expect(files).rejects.toMatchObject({ code: "asset-not-found" });
  });

  it("is denied, and not called expired, when its token is not known any more", async () => {
    const denied = new AppError("workspace-denied", "Not registered");
    const keys = { keyOf: async () => Promise.reject(denied), drop: () => undefined };

    const inventory = collect(providerFor(simulators, "G2", keys).inventory(guest));

    await expect(inventory).rejects.toBe(denied);
  });
});
