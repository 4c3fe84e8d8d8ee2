import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";

/** A receipt is signed, in its form, and tells the end that the request came to. It counts as a package does. */
export function corruptReceipts({ receipts, requests }: Evidence): Finding[] {
  const stateById = new Map(requests.map(({ requestId, state }) => [requestId, state]));
  return receipts.flatMap(({ requestId, problems, state }): Finding[] => {
    const ended = stateById.get(requestId);
    const texts = [
      ...problems,
      ...(ended === state ? [] : [`it tells ${state}, the request is ${ended ?? "not there"}`]),
    ];
    if (texts.length === 0) return [];
    return [
      { count: "corruptPackages", about: requestId, text: `The receipt: ${texts.join("; ")}` },
    ];
  });
}
