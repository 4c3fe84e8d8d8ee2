import { openHttpServer } from "../../simulators/http/http-server.ts";
import { jsonReply, type Reply } from "../../simulators/http/reply.ts";
import { sendReply } from "../../simulators/http/send-reply.ts";
import { toSimulatorRequest } from "../../simulators/http/simulator-request.ts";
import { type ControlContext, createControlHandler } from "./control-routes.ts";

/** A control endpoint; without an origin it does not listen. */
export type ControlServer = { readonly origin: string | undefined; close(): Promise<void> };

/**
 * Listens on 127.0.0.1 for tests; port 0 takes a free one, and without a port nothing listens.
 * Rejects when the port is taken.
 */
export async function startControl(
  port: number | undefined,
  context: ControlContext,
): Promise<ControlServer> {
  if (port === undefined) return { origin: undefined, close: async () => undefined };
  const server = await openHttpServer(port, null);
  const handle = createControlHandler(context);
  server.serve((incoming, response) => {
    const answer = async (): Promise<Reply> => handle(toSimulatorRequest(incoming, server.origin));
    answer()
      .catch((error: unknown) => jsonReply({ error: String(error) }, 500))
      .then((reply) => sendReply(response, reply, null))
      .catch(() => response.destroy());
  });
  return { origin: server.origin, close: () => server.close() };
}
