import type { SwitchBoard } from "../control/switches.ts";
import { jsonReply, type Reply } from "../http/reply.ts";

/** An error of Resource Manager: wrapped in `error`, or flat as the resource provider's own type. */
export function armError(
  status: number,
  code: string,
  message: string,
  switches: SwitchBoard,
): Reply {
  const error = { code, message };
  return jsonReply(switches.current.armErrorForm === "flat" ? error : { error }, status);
}
