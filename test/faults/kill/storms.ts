import type { Random } from "../../support/random.ts";

/** A spell of bad weather at one of the services: faults as the simulators' control endpoint takes them. */
export type Storm = { readonly name: string; readonly faults: readonly object[] };

const ANY = { method: "*", pathPattern: "" };
const SOURCES = ["studio", "management", "storage", "arm"] as const;
const LONGEST = 12;

/** One storm by chance. Each ends after some calls. */
export function stormOf(random: Random): Storm {
  const surface = SOURCES[random.below(SOURCES.length)] ?? "arm";
  const times = 1 + random.below(LONGEST);
  const all: readonly Storm[] = [
    answers(surface, times, { status: 429, headers: { "Retry-After": "1" } }),
    answers(surface, times, { status: 500 }),
    answers(surface, times, { status: 503, headers: { "Retry-After": "1" } }),
    { name: `${surface} cut`, faults: [{ surface, ...ANY, times, action: { cutAfterBytes: 64 } }] },
    { name: `${surface} reset`, faults: [{ surface, ...ANY, times, action: { reset: true } }] },
    { name: `${surface} slow`, faults: [{ surface, ...ANY, times, action: { delayMs: 1_200 } }] },
    // The service does what it was asked for, and nobody hears of it.
    { name: "deletes unheard", faults: SOURCES.map((one) => unheard(one, times)) },
    { name: "tokens expired", faults: [expired("arm", times), expired("vault", times)] },
    answers("vault", times, { status: 503 }),
    answers("identity", Math.min(times, 3), { status: 500 }),
  ];
  return all[random.below(all.length)] ?? { name: "none", faults: [] };
}

type Answered = { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

function answers(surface: string, times: number, action: Answered): Storm {
  return { name: `${surface} ${action.status}`, faults: [{ surface, ...ANY, times, action }] };
}

function unheard(surface: string, times: number) {
  return { surface, method: "DELETE", pathPattern: "", times, action: { resetAfter: true } };
}

function expired(surface: string, times: number) {
  const headers = { "WWW-Authenticate": 'Bearer error="invalid_token"' };
  return { surface, ...ANY, times: Math.min(times, 4), action: { status: 401, headers } };
}
