import type { RegisteredFunction } from "./core-api.ts";
import type { RetryPolicy } from "./retry.ts";

/** An output binding: what the function gives under this name is sent to a queue or topic. */
export type ServiceBusOutput = {
  /** `$return` for the function's result. */
  readonly bindingName: string;
  /** Name of a queue or topic. */
  readonly entity: string;
  /** Name, or prefix of the names, of the settings that hold the connection. */
  readonly connection: string;
};

type Common = {
  readonly name: string;
  /** Name of the trigger's binding, by which its input is handed to the library. */
  readonly bindingName: string;
  readonly registered: RegisteredFunction;
  readonly outputs: readonly ServiceBusOutput[];
  /** Undefined when the first failure counts. */
  readonly retry: RetryPolicy | undefined;
};

export type HttpFunction = Common & {
  readonly kind: "http";
  /** Template without slashes at its ends and without the route prefix. */
  readonly route: string;
  /** Upper case; empty for every method. */
  readonly methods: readonly string[];
  readonly authLevel: "anonymous" | "function" | "admin";
};

/** What messages are taken from. */
export type Source =
  | { readonly queueName: string }
  | { readonly topicName: string; readonly subscriptionName: string };

export type ServiceBusFunction = Common & {
  readonly kind: "service-bus";
  readonly source: Source;
  /** Name, or prefix of the names, of the settings that hold the connection. */
  readonly connection: string;
  /** Several messages are given in one call. */
  readonly isBatch: boolean;
  /** Bodies are given as bytes instead of text. */
  readonly isBinary: boolean;
};

export type TimerFunction = Common & {
  readonly kind: "timer";
  /** NCRONTAB expression or TimeSpan. */
  readonly schedule: string;
  readonly runsOnStartup: boolean;
  readonly usesMonitor: boolean;
};

/** A function with the one trigger that starts it. */
export type AppFunction = HttpFunction | ServiceBusFunction | TimerFunction;

/** The path of a source, as logs and lists name it. */
export function sourcePath(source: Source): string {
  return "queueName" in source
    ? source.queueName
    : `${source.topicName}/subscriptions/${source.subscriptionName}`;
}
