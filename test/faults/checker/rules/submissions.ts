import type { Evidence, FinalRequest, Submission } from "../evidence.ts";
import type { Finding } from "../finding.ts";

/**
 * What was acknowledged is there, once, and is what was asked for; nothing is there that nobody asked for. A try whose
 * answer never came allows both, but only one of them.
 */
export function lostSubmissions({ submissions, requests }: Evidence): Finding[] {
  const byKey = Map.groupBy(requests, ({ key }) => key ?? "");
  const known = new Set(submissions.map(({ key }) => key));
  const invented = requests
    .filter(({ key }) => key === null || !known.has(key))
    .map(({ requestId }) => lost(requestId, "is there, and nobody has asked for it"));
  return [
    ...submissions.flatMap((submission) => judged(submission, byKey.get(submission.key) ?? [])),
    ...invented,
  ];
}

function judged(submission: Submission, found: readonly FinalRequest[]): Finding[] {
  const { key, kind, exportFirst, tries } = submission;
  const told = new Set(tries.flatMap(({ requestId }) => requestId ?? []));
  if (told.size > 1) return [lost(key, "was told to be several requests")];
  if (found.length > 1) return [lost(key, `has become ${found.length} requests`)];
  const [request] = found;
  if (request === undefined) {
    const wasTaken = tries.some(({ answer }) => answer === "ok");
    return wasTaken ? [lost(key, "was acknowledged, and there is no such request")] : [];
  }
  if (tries.every(({ answer }) => answer === "refused")) {
    return [lost(key, "was refused, and is there all the same")];
  }
  if (told.size === 1 && !told.has(request.requestId)) {
    return [lost(key, "is another request than its client was told")];
  }
  const isTheSame = request.kind === kind && request.exportFirst === exportFirst;
  return isTheSame ? [] : [lost(key, "is there as something else than was asked for")];
}

function lost(about: string, text: string): Finding {
  return { count: "lost", about, text };
}
