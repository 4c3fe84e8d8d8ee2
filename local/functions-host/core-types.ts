/**
 * The host's half of `@azure/functions-core`: the shapes that `@azure/functions` 4.x exchanges with
 * whatever runs it. Source: the library's own `src` folder and the worker's gRPC contract.
 */

/** A value on its way into or out of a function. Exactly one member is set. */
export type TypedData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly int: number }
  | { readonly double: number }
  | { readonly http: RpcHttpRequest }
  | { readonly collectionString: { readonly string: readonly string[] } }
  | { readonly collectionBytes: { readonly bytes: readonly Uint8Array[] } }
  | { readonly collectionSint64: { readonly sint64: readonly number[] } };

/** A value that may be empty: the library reads plain maps as "not given" when they are empty. */
export interface NullableString {
  readonly value: string;
}

/** An HTTP request as the library expects it. Repeated headers and query keys are comma-joined. */
export interface RpcHttpRequest {
  readonly method: string;
  readonly url: string;
  readonly nullableHeaders: Record<string, NullableString>;
  readonly nullableQuery: Record<string, NullableString>;
  readonly nullableParams: Record<string, NullableString>;
  readonly body?: { readonly bytes: Uint8Array };
}

/** One binding of a function: its type and direction, and the options of that type. */
export interface Binding {
  readonly type: string;
  readonly direction: "in" | "out" | "inout";
  readonly [option: string]: unknown;
}

/** What a function declares about itself when it is registered. Bindings are keyed by name. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: object | null | undefined;
}

/** A handler of the app; the last argument is the invocation context. */
export type FunctionCallback = (...args: unknown[]) => unknown;

export type LogLevel =
  | "trace"
  | "debug"
  | "information"
  | "warning"
  | "error"
  | "critical"
  | "none";

export type LogCategory = "user" | "system" | "customMetric";

/** W3C trace context of one invocation. */
export interface TraceContext {
  readonly traceParent: string;
  readonly traceState: string;
  /** Whose child the invocation's span is; the library does not look at it. Empty for the first of a trace. */
  readonly parentSpanId?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Which run of a function with a retry policy this is; -1 stands for retries without end. */
export interface RetryContext {
  /** 0 at the first run. */
  readonly retryCount: number;
  readonly maxRetryCount: number;
  /** What the run before threw. */
  readonly exception?:
    | { readonly message: string; readonly stackTrace?: string; readonly source?: string }
    | undefined;
}

/** Everything the host says about one call of a function. */
export interface InvocationRequest {
  readonly inputData: ReadonlyArray<{ readonly name: string; readonly data: TypedData }>;
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: TraceContext;
  readonly retryContext?: RetryContext | undefined;
}

/** What the library gets to build its own view of one invocation. */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  /** Read by `getArguments` only. */
  request: InvocationRequest | undefined;
  state?: "preInvocationHooks" | "postInvocationHooks" | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

/**
 * The outcome of an invocation; `returnValue` is not yet validated. It is the value of the binding
 * `$return`, or without that binding the function's own result.
 */
export interface InvocationResponse {
  readonly returnValue?: unknown;
  readonly outputData?: ReadonlyArray<{ readonly name: string; readonly data: TypedData }>;
}

/** The library's conversion of one invocation from and to the host's types. */
export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

/** What `@azure/functions` hands to the host when it is first used. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

export const hookNames = [
  "appStart",
  "appTerminate",
  "preInvocation",
  "postInvocation",
  "log",
] as const;

export type HookName = (typeof hookNames)[number];

/** A hook of the app; it may change the members of the context it is given. */
export type HookCallback = (context: Record<string, unknown>) => unknown;
