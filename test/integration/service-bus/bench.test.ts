import { expect, it } from "vitest";
import { runBrokerBench } from "../../../bench/broker/broker-bench.ts";

it("measures the broker beside the echo", async () => {
  const lines: string[] = [];

  const figures = await runBrokerBench({
    messages: 300,
    rounds: 1,
    onProgress: (line) => lines.push(line),
  });

  expect(figures).toMatchObject([
    { name: "send in batches", target: 0.5, spread: 0 },
    { name: "receive and complete, 16 calls", spread: 0 },
    { name: "memory of queued messages", target: 250, details: { messages: 1500 } },
  ]);
  for (const { cpuSecondsPerGB, peakRssMB, details } of figures) {
    expect([cpuSecondsPerGB, peakRssMB, ...Object.values(details)]).toSatisfy((values: number[]) =>
      values.every((value) => value > 0),
    );
  }
  expect(lines).toHaveLength(5);
}, 60_000);
