import { z } from "zod";

const Refusal = z.object({ error: z.string() });

/** Talks to a broker's control endpoint; a refusal rejects with its sentence. */
export function controlOf({ controlUrl }: { readonly controlUrl: string | undefined }) {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${controlUrl}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) {
      throw new Error(Refusal.parse(answer).error);
    }
    return answer;
  };
  return {
    get: (path: string) => call("GET", path),
    post: (path: string, body: object = {}) => call("POST", path, body),
  };
}
