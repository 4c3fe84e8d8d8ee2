import { z } from "zod";
import { AppError } from "../../errors.ts";
import { parseJson, parseShape } from "../json.ts";
import type { ArmAnswer } from "./sender.ts";

/** The addresses of ARM: of resources, and of the pages of its lists. */

const MAX_PAGES = 1000;

/**
 * The URL of a resource, or of a list or action below it. Throws `workspace-not-found` when the id would lead to
 * another place.
 */
export function armUrl(origin: string, armId: string, apiVersion: string, below = ""): URL {
  const path = armId.split("/").map(encodeURIComponent).join("/") + below;
  const url = URL.parse(`${origin}${path}?api-version=${apiVersion}`);
  if (url?.origin !== origin || url.pathname !== path || !path.startsWith("/subscriptions/")) {
    throw new AppError("workspace-not-found", "The ARM id is not that of a workspace");
  }
  return url;
}

/**
 * The items of a list over all its pages. `get` gives a page's answer or throws. Throws `outbound-refused` when a page
 * lies on another host, since our token would go there, and `source-invalid` for a list that does not end.
 */
export async function* armList<T>(
  first: URL,
  item: z.ZodType<T>,
  get: (url: URL) => Promise<ArmAnswer>,
): AsyncGenerator<T> {
  const schema = z.object({ value: z.array(item).nullish() });
  for await (const page of armPages(first, get)) {
    yield* parseShape(schema, parseJson(page)).value ?? [];
  }
}

const linkSchema = z.object({ nextLink: z.string().nullish() });

/** The pages of a list as received. Throws as `armList` does. */
export async function* armPages(
  first: URL,
  get: (url: URL) => Promise<ArmAnswer>,
): AsyncGenerator<string> {
  let next: URL | null = first;
  for (let pages = 0; next !== null; pages += 1) {
    if (pages === MAX_PAGES) throw new AppError("source-invalid", "ARM's list does not end");
    const { body }: ArmAnswer = await get(next);
    const { nextLink } = parseShape(linkSchema, parseJson(body));
    yield body;
    next = nextPage(first.origin, nextLink ?? null);
  }
}

/** The next page as ARM gives it, which must be ARM's own. */
function nextPage(origin: string, nextLink: string | null): URL | null {
  if (nextLink === null || nextLink === "") return null;
  const url = URL.parse(nextLink);
  if (url?.origin === origin && url.pathname.startsWith("/subscriptions/")) return url;
  throw new AppError("outbound-refused", "ARM's next page is not on ARM's own host");
}
