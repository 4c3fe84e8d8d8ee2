import { AppError } from "../../../shared/errors.ts";
import type { RequestList, Summary } from "../../../shared/pipeline/ports.ts";
import { copied } from "./copy.ts";

/** The list of requests in memory. A cursor is the key of the last line of its page. */
export function memoryRequestList(): RequestList {
  const lines = new Map<string, Summary>();
  return {
    put: async (summary) => void lines.set(keyOf(summary), lineOf(summary)),
    page: async ({ state, submitter, limit, cursor }) => {
      if (cursor !== undefined && !/^\d{15}-[0-9a-f]{32}$/.test(cursor)) {
        throw new AppError("validation-failed", "The cursor is not one of this list", {
          findings: [{ pointer: "/cursor", detail: "must be the cursor of an earlier page" }],
        });
      }
      const rest = [...lines]
        .filter(([key]) => cursor === undefined || key > cursor)
        .filter(([, line]) => state === undefined || line.state === state)
        .filter(([, line]) => submitter === undefined || line.submitter === submitter)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const page = rest.slice(0, limit);
      const last = rest.length > limit ? page.at(-1) : undefined;
      return {
        items: page.map(([, line]) => copied(line)),
        cursor: last === undefined ? null : last[0],
      };
    },
  };
}

/** A caller may hand over a whole request: what is more than the line must not be kept. */
function lineOf(summary: Summary): Summary {
  const { requestId, kind, state, submitter, source, externalId } = summary;
  const { law, submittedAt, dueAt, finishedAt } = summary;
  return {
    requestId,
    kind,
    state,
    submitter,
    source,
    externalId,
    law,
    submittedAt,
    dueAt,
    finishedAt,
  };
}

function keyOf({ submittedAt, requestId }: Summary): string {
  const inverted = 10 ** 15 - 1 - Date.parse(submittedAt);
  return `${String(inverted).padStart(15, "0")}-${requestId}`;
}
