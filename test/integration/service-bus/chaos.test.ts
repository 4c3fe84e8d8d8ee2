import { expect, it } from "vitest";
import { runChaos } from "../../faults/broker/chaos.ts";

it("accounts for every message in chaos: sent = completed + dead-lettered", async () => {
  const seed = Date.now() % 1_000_000;

  const result = await runChaos({ messages: 1500, drops: 5, seed });

  const { completed, deadLettered } = result;
  expect(result).toMatchObject({ sent: 1500, lost: 0, both: 0, seed });
  expect(completed + deadLettered).toBe(1500);
  expect(completed).toBeGreaterThan(0);
  expect(deadLettered).toBeGreaterThan(0);
}, 120_000);
