import { metricNames } from "../../shared/adapters/event-metrics.ts";
import { rowsOf, type Trees, variableOf } from "./bicep.ts";
import { differences, type Sources, textOf } from "./sources.ts";

const ALERTS = "infra/modules/alerts.bicep";
const DOCS = "docs/operations.md";
/** Made apart from the table: it is a metric of Service Bus itself. */
const BUS_ALERT = "dead-letters";

/** Alerts without a section that says what to do, and queries of metrics that the app does not send. */
export function operationsProblems(sources: Sources, trees: Trees): string[] {
  const alerts = rowsOf(variableOf(trees, ALERTS, "queries")).flatMap(({ name }) => name ?? []);
  const documented = [...textOf(sources, DOCS).matchAll(/^### `([a-z-]+)`$/gm)].flatMap(
    ([, name]) => name ?? [],
  );
  const queried = [
    ...[...textOf(sources, ALERTS).matchAll(/format\(metric, '([\w.]+)'\)/g)].map(
      ([, name]) => `studio_dsr.${name}`,
    ),
    ...[...textOf(sources, "infra/workbook.json").matchAll(/studio_dsr\.(?!request\b)[\w.]+/g)].map(
      ([name]) => name,
    ),
  ];
  const sent = new Set(metricNames());
  return [
    ...differences([ALERTS, [...alerts, BUS_ALERT]], [DOCS, documented]),
    ...[...new Set(queried)]
      .filter((name) => !sent.has(name))
      .map((name) => `An alert or the workbook asks for ${name}, which the app does not send`),
  ];
}
