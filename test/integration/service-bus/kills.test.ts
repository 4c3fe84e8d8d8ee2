import { expect, it } from "vitest";
import { killBroker } from "../../faults/broker/kill-broker.ts";

const KILLS = 20;

it(`loses nothing that was acknowledged in ${KILLS} kills, keeps counts and ends every lock`, async () => {
  const seed = Date.now() % 1_000_000;

  const result = await killBroker({ kills: KILLS, sends: 1000, seed });

  expect(result).toEqual({
    kills: KILLS,
    sends: 1000,
    acknowledged: expect.any(Number),
    lost: 0,
    duplicated: 0,
    deliveryCountsWrong: 0,
    staleLocksAccepted: 0,
    seed,
  });
  expect(result.acknowledged).toBeGreaterThanOrEqual(1000);
}, 180_000);
