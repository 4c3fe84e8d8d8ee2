import type { TokenCredential } from "@azure/identity";
import { countAnswers } from "./http-metrics.ts";
import type { Exporters } from "./open-telemetry-sdk.ts";

/** Where traces and metrics go. */

/** An OTLP endpoint, Application Insights, both or neither. */
export type Destinations = {
  /** Names the app, `service.name`. */
  readonly serviceName: string;
  /** OTLP over HTTP, without the `v1/traces` at its end. */
  readonly otlpEndpoint: string | null;
  readonly connectionString: string | null;
  /** The identity that may write to Application Insights. */
  readonly credential: () => Promise<TokenCredential>;
};

/**
 * Starts sending spans and metrics of this process. Loads nothing when there is no destination. Returns a function
 * that sends the rest and ends.
 */
export async function startOpenTelemetry(destinations: Destinations): Promise<() => Promise<void>> {
  const exporters = await exportersOf(destinations);
  if (exporters.length === 0) return async () => {};
  const { startSdk } = await import("./open-telemetry-sdk.ts");
  const stopSdk = startSdk(destinations.serviceName, exporters);
  const stopCounting = countAnswers();
  return async () => {
    stopCounting();
    await stopSdk();
  };
}

async function exportersOf(destinations: Destinations): Promise<readonly Exporters[]> {
  const { otlpEndpoint, connectionString } = destinations;
  return Promise.all([
    ...(otlpEndpoint === null ? [] : [otlpExporters(otlpEndpoint)]),
    ...(connectionString === null ? [] : [azureExporters(destinations, connectionString)]),
  ]);
}

/** OTLP/HTTP in JSON; headers come from OTEL_EXPORTER_OTLP_HEADERS, which the exporter reads itself. */
async function otlpExporters(endpoint: string): Promise<Exporters> {
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }] = await Promise.all([
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/exporter-metrics-otlp-http"),
  ]);
  const base = endpoint.replace(/\/+$/, "");
  return {
    traces: new OTLPTraceExporter({ url: `${base}/v1/traces` }),
    metrics: new OTLPMetricExporter({ url: `${base}/v1/metrics` }),
  };
}

/** Application Insights without keys: the connection string says where, the identity says who. */
async function azureExporters(
  { credential }: Destinations,
  connectionString: string,
): Promise<Exporters> {
  const { AzureMonitorTraceExporter, AzureMonitorMetricExporter } = await import(
    "@azure/monitor-opentelemetry-exporter"
  );
  // Nothing is written to the disk of a function app, which others may share.
  const options = {
    connectionString,
    credential: await credential(),
    disableOfflineStorage: true,
  };
  return {
    traces: new AzureMonitorTraceExporter(options),
    metrics: new AzureMonitorMetricExporter(options),
  };
}
