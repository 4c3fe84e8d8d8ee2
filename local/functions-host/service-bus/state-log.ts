import { isServiceBusError } from "@azure/service-bus";
import { type ServiceBusFunction, sourcePath } from "../app-function.ts";
import type { Log } from "../log.ts";

/** Tells whether a source can be listened to, each failure once until it can again. */
export type StateLog = { open(): void; failed(error: unknown): void };

/** The client tries again every second, which is no news. */
export function createStateLog({ source }: ServiceBusFunction, log: Log): StateLog {
  const told = new Set<string>();
  const write = (level: "information" | "warning", text: string) =>
    log(level, "Host.ServiceBus", `${sourcePath(source)}: ${text}`);
  const kind = "queueName" in source ? "queue" : "subscription";
  return {
    open: () => {
      told.clear();
      write("information", "listening");
    },
    failed: (thrown) => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const text = explain(error, kind);
      if (!told.has(text) && !isAftermath(error)) {
        told.add(text);
        write("warning", text);
      }
    },
  };
}

function explain(error: Error, kind: string): string {
  const code = isServiceBusError(error) ? error.code : error.name;
  switch (code) {
    case "MessagingEntityNotFound":
      return `this ${kind} does not exist; trying again`;
    case "UnauthorizedAccess":
      return "the connection's key is refused; trying again";
    default:
      return `not reachable (${error.message.replace(/^GeneralError: /, "")}); trying again`;
  }
}

/** The client asks a link for messages that was closed meanwhile; the close has been told already. */
function isAftermath(error: Error): boolean {
  return error.message.startsWith("Cannot request messages on the receiver");
}
