import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { metrics } from "@opentelemetry/api";

/** Counts the answers that the app gets from others, by host and status, so that throttling can be seen. */

/** The metric's name. */
export const HTTP_ANSWERS = "studio_dsr.http.answers";

/** Node tells of every answer: to `fetch` on the first channel (undici), to `node:http` on the second. */
const FETCH = "undici:request:headers";
const HTTP = "http.client.response.finish";

/** What the channels carry, as far as it is read (https://nodejs.org/api/diagnostics_channel.html). */
type FetchAnswer = {
  readonly request: { readonly origin?: unknown };
  readonly response: { readonly statusCode: number };
};
type HttpAnswer = {
  readonly request: { readonly host?: string };
  readonly response: { readonly statusCode?: number };
};

/**
 * Counts answers in `studio_dsr.http.answers` until the returned function is called. Paths, queries and headers are
 * not looked at.
 */
export function countAnswers(): () => void {
  const answers = metrics.getMeter("studio-dsr").createCounter(HTTP_ANSWERS, { unit: "{answer}" });
  const count = (host: string, status: number) =>
    answers.add(1, { "server.address": host, "http.response.status_code": status });
  const onFetch = (message: unknown) => {
    const { request, response } = message as FetchAnswer;
    count(URL.parse(String(request.origin))?.hostname ?? "unknown", response.statusCode);
  };
  const onHttp = (message: unknown) => {
    const { request, response } = message as HttpAnswer;
    count(request.host ?? "unknown", response.statusCode ?? 0);
  };
  subscribe(FETCH, onFetch);
  subscribe(HTTP, onHttp);
  return () => {
    unsubscribe(FETCH, onFetch);
    unsubscribe(HTTP, onHttp);
  };
}
