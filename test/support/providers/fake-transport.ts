import type {
  HttpRequest,
  StreamAnswer,
  TextAnswer,
  Transport,
} from "../../../shared/providers/http.ts";

/** What a fake transport answers. `body` is sent in one chunk each. */
export type FakeAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
  readonly body?: string | readonly Uint8Array[];
};

/** A transport that answers from memory and keeps the calls it got. */
export type FakeTransport = Transport & {
  readonly calls: readonly HttpRequest[];
  readonly discarded: readonly string[];
};

/** Makes a transport that answers each call by `answer`; `calls` counts from 1. */
export function fakeTransport(
  answer: (request: HttpRequest, calls: number) => FakeAnswer,
): FakeTransport {
  const calls: HttpRequest[] = [];
  const discarded: string[] = [];
  const next = (request: HttpRequest) => {
    calls.push(request);
    const { status = 200, headers = {}, retryAfterMs, body = "" } = answer(request, calls.length);
    return { status, headers: new Headers(headers), retryAfterMs, body };
  };
  return {
    calls,
    discarded,
    async fetchText(request): Promise<TextAnswer> {
      const { body, ...head } = next(request);
      return { ...head, body: typeof body === "string" ? body : Buffer.concat(body).toString() };
    },
    async fetchStream(request): Promise<StreamAnswer> {
      const { body, ...head } = next(request);
      return {
        ...head,
        body: chunks(typeof body === "string" ? [new TextEncoder().encode(body)] : body),
        async discard() {
          discarded.push(String(request.url));
        },
      };
    },
  };
}

async function* chunks(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}
