import { type Attributes, metrics, trace } from "@opentelemetry/api";
import type { Fields } from "../telemetry.ts";
import { HTTP_ANSWERS } from "./http-metrics.ts";
import { MESSAGE_AGE } from "./message-age.ts";

/** Business events as OpenTelemetry: an event on the running span, and the metrics that alerts are made of. */

const EVENTS = "studio_dsr.events";

/** Fields that may tell series apart: few values each. Ids stay on the spans. */
const SERIES = ["code", "command", "from", "route", "state", "step", "to", "accountType"] as const;

/** Gauges that one event sets: the field, the metric, its unit, and what a unit is in the field. */
const GAUGES: Readonly<Record<string, readonly (readonly [string, string, string, number])[]>> = {
  "backlog-measured": [
    ["open", "studio_dsr.requests.open.total", "{request}", 1],
    ["owed", "studio_dsr.outbox.depth", "{row}", 1],
    ["lookLagMs", "studio_dsr.look.lag", "s", 1000],
    ["purgeLagMs", "studio_dsr.purge.lag", "s", 1000],
    ["daysToDeadline", "studio_dsr.deadline.days_left", "d", 1],
  ],
  "state-measured": [
    ["open", "studio_dsr.requests.open", "{request}", 1],
    ["oldestAgeMs", "studio_dsr.requests.oldest_age", "s", 1000],
  ],
};

/** Counters that one event adds to: the field, the metric and its unit. */
const SUMS: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  "slice-settled": [
    ["files", "studio_dsr.exported.files", "{file}"],
    ["bytes", "studio_dsr.exported.size", "By"],
    ["failed", "studio_dsr.exported.failures", "{asset}"],
  ],
};

/** The names of all metrics, those of other files too. */
export function metricNames(): readonly string[] {
  const names = [...Object.values(GAUGES), ...Object.values(SUMS)].flat().map(([, name]) => name);
  return [...names, EVENTS, HTTP_ANSWERS, MESSAGE_AGE];
}

/**
 * Tells events to OpenTelemetry; without an exporter it does nothing. Every event counts in `studio_dsr.events`.
 * Fields are those of `Telemetry`, which has none for personal data.
 */
export function eventMetrics(): (event: string, fields: Fields) => void {
  return (event, fields) => {
    // A meter that was got before the exporters were started would stay without effect.
    const meter = metrics.getMeter("studio-dsr");
    const series = seriesOf(fields);
    trace.getActiveSpan()?.addEvent(event, withoutNulls(fields));
    meter.createCounter(EVENTS, { unit: "{event}" }).add(1, { event, ...series });
    for (const [field, name, unit, per] of GAUGES[event] ?? []) {
      const value = fields[field];
      if (typeof value === "number") meter.createGauge(name, { unit }).record(value / per, series);
    }
    for (const [field, name, unit] of SUMS[event] ?? []) {
      const value = fields[field];
      if (typeof value === "number") meter.createCounter(name, { unit }).add(value, series);
    }
  };
}

function seriesOf(fields: Fields): Attributes {
  return withoutNulls(Object.fromEntries(SERIES.map((name) => [name, fields[name] ?? null])));
}

function withoutNulls(fields: Fields): Attributes {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
