import type { Switches } from "../control/switches.ts";
import { emptyReply, jsonReply, type Reply, textReply } from "../http/reply.ts";
import { guidOf } from "../seed/derived-ids.ts";

/** An error of the Studio API before it takes the form that the switch `errorForm` asks for. */
export type StudioError = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly inner?: unknown;
};

/**
 * The error as the service wrote it: by default the JSON of 2018, whose message the reason phrase
 * repeats; older deployments answered text, the management API lower-case names.
 */
export function errorReply(error: StudioError, { errorForm }: Switches): Reply {
  const { status, code, message, inner = null } = error;
  switch (errorForm) {
    case "2018": {
      const body = {
        Error: {
          Code: code,
          Message: message,
          Target: null,
          Details: [],
          InnerError: inner,
          DebugInfo: null,
        },
      };
      return { ...jsonReply(body, status), reason: message };
    }
    case "2015":
      return textReply(
        `Request ID: ${guidOf(message)} 2015-11-24 18:11:23Z`,
        "text/plain; charset=utf-8",
        status,
      );
    case "lower-case":
      return jsonReply({ error: { code, message } }, status);
    case "empty":
      return emptyReply(status);
  }
}

/** What the service says when it can't reach the workspace's storage account. */
export function storageFailure(switches: Switches): Reply {
  return errorReply(
    {
      status: 500,
      code: "AzureStorageError",
      message: "Azure User Storage Error",
      inner: { Code: "Unknown", InnerError: null },
    },
    switches,
  );
}

/** 404 for an asset, a node or a whole path that does not exist. */
export function notFound(what: string, switches: Switches): Reply {
  return errorReply(
    { status: 404, code: "UserError", message: `${what} was not found.` },
    switches,
  );
}
