import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";

/** A call to make; the path begins with `/`. */
export type Call = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** What came of a call. */
export type Answer = { readonly status: number; readonly body: string; readonly tookMs: number };

/**
 * Makes calls by as many connections at once, each of which is kept and takes its next call as soon as it
 * has an answer. Returns the answers in the order of the calls. Rejects when a connection fails.
 */
export async function loadBy(
  connections: number,
  origin: string,
  calls: readonly Call[],
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const connection = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let index = next++; index < calls.length; index = next++) {
      const call = calls[index];
      if (call !== undefined) answers[index] = await answerTo(agent, origin, call);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return answers;
}

async function answerTo(agent: Agent, origin: string, call: Call): Promise<Answer> {
  const { method, path, headers = {}, body = "" } = call;
  const startedMs = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(new URL(path, origin), { agent, method, headers }, (response) => {
    text(response).then(
      (received) =>
        resolve({
          status: response.statusCode ?? 0,
          body: received,
          tookMs: performance.now() - startedMs,
        }),
      reject,
    );
  });
  sent.once("error", reject);
  sent.end(body);
  return promise;
}
