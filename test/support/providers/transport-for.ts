import { vi } from "vitest";
import { allowAddresses, allowHosts } from "../../../shared/providers/allowed-hosts.ts";
import {
  createTransport,
  type Transport,
  type TransportOptions,
} from "../../../shared/providers/http.ts";
import type { Answer } from "./https-server.ts";

/** A transport that may call these hosts on loopback, at a fixed time, without jitter or waits. */
export function transportFor(
  hosts: readonly string[],
  options: Partial<TransportOptions> = {},
): Transport {
  return createTransport({
    allow: allowHosts(hosts, { allowLoopback: true }),
    allowAddress: allowAddresses({ allowLoopback: true }),
    clock: { now: () => "2026-03-01T12:00:00.000Z" },
    random: () => 0,
    pause: async () => undefined,
    ...options,
  });
}

/** The timers of this code stand still until they are moved; those of the platform's network go on. */
export function stoppedTimers(): Disposable & { advance(ms: number): void } {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  return {
    advance: (ms) => {
      vi.advanceTimersByTime(ms);
    },
    [Symbol.dispose]: () => {
      vi.useRealTimers();
    },
  };
}

/** Answers every call with `ok`. */
export const answerOk: Answer = (_request, response) => response.end("ok");

/** Announces 1000 bytes, sends `text` and breaks the connection. */
export function breakOff(response: Parameters<Answer>[1], text = "part"): void {
  response.writeHead(200, { "content-length": "1000" });
  response.write(text, () => response.destroy());
}
