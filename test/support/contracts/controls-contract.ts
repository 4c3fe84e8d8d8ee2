import { expect, it } from "vitest";
import { DEFAULT_CONTROLS } from "../../../shared/core/controls.ts";
import type { Controls } from "../../../shared/pipeline/ports.ts";

/** States what every store of controls promises. `make` gives an empty one. */
export function controlsContract(make: () => Controls): void {
  it("stops nothing and has no cap at first", async () => {
    expect(await make().read()).toEqual(DEFAULT_CONTROLS);
  });

  it("gives back what was set last, all of it", async () => {
    const controls = make();
    const set = { stopped: true, hourlyCap: 40, updatedAt: "2026-01-15T08:00:00.000Z" };
    await controls.write({ ...DEFAULT_CONTROLS, hourlyCap: 7, updatedBy: "somebody" });

    await controls.write({ ...set, updatedBy: null });

    expect(await controls.read()).toEqual({ ...set, updatedBy: null });
  });

  it("counts each hour for itself, up to the cap", async () => {
    const controls = make();
    const hour = "2026-01-15T08";

    const spent = [
      await controls.spend(hour, 2),
      await controls.spend(hour, 2),
      await controls.spend(hour, 2),
      await controls.spend("2026-01-15T09", 2),
    ];

    expect(spent).toEqual([true, true, false, true]);
    expect(await controls.spent(hour)).toBe(2);
    expect(await controls.spent("2026-01-15T10")).toBe(0);
  });

  it("counts exactly when many count at once", async () => {
    const controls = make();

    const spent = await Promise.all(
      Array.from({ length: 12 }, () => controls.spend("2026-01-15T08", 5)),
    );

    expect(spent.filter((isSpent) => isSpent)).toHaveLength(5);
    expect(await controls.spent("2026-01-15T08")).toBe(5);
  });

  it("lets nothing through under a cap of none", async () => {
    expect(await make().spend("2026-01-15T08", 0)).toBe(false);
  });
}
