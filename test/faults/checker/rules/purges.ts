import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";

/** No package went before its time, or without one. */
export function earlyPurges({ purges, requests }: Evidence): Finding[] {
  const endById = new Map(requests.map(({ requestId, purgeAt }) => [requestId, purgeAt]));
  return purges.flatMap(({ requestId, at }): Finding[] => {
    const purgeAt = endById.get(requestId) ?? null;
    if (purgeAt !== null && purgeAt <= at) return [];
    const text = `its package went at ${at}, to be kept until ${purgeAt ?? "nobody knows when"}`;
    return [{ count: "earlyPurge", about: requestId, text }];
  });
}
