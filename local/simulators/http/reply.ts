import { Readable } from "node:stream";

/** What a simulated surface answers. A `Readable` body is streamed and destroyed when the caller goes away. */
export type Reply = {
  readonly status: number;
  /** Replaces the standard reason phrase. */
  readonly reason?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Readable | null;
};

/** A JSON reply; `status` is 200 unless given. */
export function jsonReply(value: unknown, status = 200): Reply {
  return textReply(JSON.stringify(value), "application/json; charset=utf-8", status);
}

/** A text reply of the given content type. */
export function textReply(body: string, contentType: string, status = 200): Reply {
  return { status, headers: { "Content-Type": contentType }, body };
}

/** A reply without a body. */
export function emptyReply(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, body: null };
}

/** The body as a stream, whatever form it has. */
export function bodyStream(reply: Reply): Readable {
  if (reply.body instanceof Readable) return reply.body;
  return Readable.from(reply.body === null ? [] : [Buffer.from(reply.body)]);
}
