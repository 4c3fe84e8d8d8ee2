import type {
  HttpFunction,
  ServiceBusFunction,
  TimerFunction,
} from "../../../local/functions-host/app-function.ts";

const common = {
  name: "fn",
  bindingName: "trigger",
  registered: { metadata: { name: "fn", bindings: {} }, callback: () => undefined },
  outputs: [],
  retry: undefined,
};

/** An HTTP function that answers GET, unless told otherwise. */
export function httpFunction(parts: Partial<HttpFunction> = {}): HttpFunction {
  return {
    ...common,
    kind: "http",
    route: "fn",
    methods: ["GET"],
    authLevel: "anonymous",
    ...parts,
  };
}

/** A timer function named `fn`, unless told otherwise. */
export function timerFunction(parts: Partial<TimerFunction> = {}): TimerFunction {
  return {
    ...common,
    kind: "timer",
    schedule: "0 0 * * * *",
    runsOnStartup: false,
    usesMonitor: true,
    ...parts,
  };
}

/** A Service Bus function named `fn` on the queue `work`, unless told otherwise. */
export function serviceBusFunction(parts: Partial<ServiceBusFunction> = {}): ServiceBusFunction {
  return {
    ...common,
    kind: "service-bus",
    source: { queueName: "work" },
    connection: "ServiceBus",
    isBatch: false,
    isBinary: false,
    ...parts,
  };
}
