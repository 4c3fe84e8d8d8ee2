import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";

/** The part that needs the SDK; it is loaded only when something is exported. */

/** One place that traces and metrics go to. */
export type Exporters = { readonly traces: SpanExporter; readonly metrics: PushMetricExporter };

/** Metrics go out this often. */
const METRICS_EVERY_MS = 60_000;

/**
 * Makes this process's spans and metrics go to these places. Spans go in batches; one that cannot be sent is dropped,
 * and never holds a function up. Returns a function that sends the rest and ends; it never throws.
 */
export function startSdk(
  serviceName: string,
  exporters: readonly Exporters[],
): () => Promise<void> {
  const resource = resourceFromAttributes({
    "service.namespace": "studio-dsr",
    "service.name": serviceName,
  });
  const tracing = new BasicTracerProvider({
    resource,
    spanProcessors: exporters.map(({ traces }) => new BatchSpanProcessor(traces)),
  });
  const metering = new MeterProvider({
    resource,
    readers: exporters.map(
      ({ metrics: exporter }) =>
        new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: METRICS_EVERY_MS }),
    ),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracing);
  metrics.setGlobalMeterProvider(metering);
  return async () => {
    await Promise.allSettled([tracing.shutdown(), metering.shutdown()]);
  };
}
