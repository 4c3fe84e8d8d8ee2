import { type Summary, summaryOf } from "../../../shared/core/summary.ts";
import { AppError } from "../../../shared/errors.ts";
import type { RequestList, SummaryQuery } from "../../../shared/pipeline/ports.ts";

/** The list of requests in memory. A cursor is the key of the last line of its page. */
export function memoryRequestList(): RequestList {
  const lines = new Map<string, Summary>();
  return {
    put: async (request) => void lines.set(keyOf(request), summaryOf(request)),
    page: async (query) => {
      const { limit, cursor } = query;
      if (cursor !== undefined && !/^\d{15}-[0-9a-f]{32}$/.test(cursor)) {
        throw new AppError("validation-failed", "The cursor is not one of this list", {
          findings: [{ pointer: "/cursor", detail: "must be the cursor of an earlier page" }],
        });
      }
      const rest = [...lines]
        .filter(([key]) => cursor === undefined || key > cursor)
        .filter(([, line]) => isWanted(line, query))
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const page = rest.slice(0, limit);
      const last = rest.length > limit ? page.at(-1) : undefined;
      return {
        items: page.map(([, line]) => structuredClone(line)),
        cursor: last === undefined ? null : last[0],
      };
    },
  };
}

function isWanted(line: Summary, query: SummaryQuery): boolean {
  const { state, kind, externalId, dueBefore, workspace, submitter } = query;
  const isTheirs =
    submitter === undefined ||
    line.submitter === submitter ||
    (query.orDeletions === true && line.kind === "delete");
  return (
    isTheirs &&
    (state === undefined || line.state === state) &&
    (kind === undefined || line.kind === kind) &&
    (externalId === undefined || line.externalId === externalId) &&
    (dueBefore === undefined || line.dueAt <= dueBefore) &&
    (workspace === undefined || line.workspaces.includes(workspace))
  );
}

function keyOf({ submittedAt, requestId }: Pick<Summary, "submittedAt" | "requestId">): string {
  const inverted = 10 ** 15 - 1 - Date.parse(submittedAt);
  return `${String(inverted).padStart(15, "0")}-${requestId}`;
}
