import type { Settings } from "./settings.ts";
import type { SimulatorsReady } from "./simulators.ts";
import type { SupervisedChild } from "./supervise.ts";

/** What a caller of `startStack` gives and gets. */

/** The processes of the stack. */
export type ProcessName = "azurite" | "service-bus" | "simulators" | "host";

/** A line that a process printed, or a sentence of the stack itself about its processes. */
export type StackLine = { readonly source: ProcessName | "stack"; readonly text: string };

export type StackOptions = {
  /** Where everything that outlives the stack is kept. One stack at a time can have it. */
  readonly dataDir: string;
  /** `default` (when left out): the well-known ports, a free one where that is taken. `any`: free ones only. */
  readonly ports?: "default" | "any";
  /** False leaves the Functions host to the caller; its settings are written all the same. */
  readonly host?: boolean;
  /** App settings that replace or add to those of the stack. */
  readonly settings?: Settings;
  /** Adds a generated data set of this size to the seeded standard workspace. */
  readonly largeBytes?: number | undefined;
  /** More flags of the simulators, without their dashes: `switches`, `bulk`, `small`. */
  readonly simulatorFlags?: Readonly<Record<string, string | number>>;
  /** The npm package that Azurite is run from; `azurite` when left out. */
  readonly azuritePackage?: string;
  /** More flags of the broker, without their dashes: `control-port`, `config`. */
  readonly brokerFlags?: Readonly<Record<string, string | number>>;
  readonly onLine?: (line: StackLine) => void;
};

/** Origins, except `identity`, `issuer`, `jwks`, `token` and Azurite's two, which have a path. */
export type StackUrls = Omit<SimulatorsReady, "tenantId" | "subscriptions"> & {
  readonly api: string;
  readonly azuriteBlob: string;
  readonly azuriteTable: string;
  /** OAuth 2.0 token endpoint of the local issuer. */
  readonly token: string;
};

/** A stack that is up. */
export interface Stack extends AsyncDisposable {
  readonly urls: StackUrls;
  /** What the app was given, and the absolute path of the file it stands in. */
  readonly settings: Settings;
  readonly settingsFile: string;
  /** Absolute path of the local certificate authority (PEM), for `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  /** Where `func start` runs the app on this stack; only of a stack without host. */
  readonly funcFolder?: string;
  /** What is known of a process, and a way to wait until it is ready. Throws for a host left out. */
  process(
    name: ProcessName,
  ): Pick<SupervisedChild<unknown>, "name" | "pid" | "starts" | "whenReady">;
  /** Ends a process as a fault would and resolves when it is gone; it is started again by itself. */
  kill(name: ProcessName, signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Ends a process in order and resolves when its successor is ready. */
  restart(name: ProcessName): Promise<void>;
  /** Ends the processes, the host first. Can be called again. */
  stop(): Promise<void>;
  /** Ends everything at once, without tidying up. */
  stopNow(): void;
}
