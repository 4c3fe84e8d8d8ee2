import type { z } from "zod";
import { parseJson, parseShape, rawElements } from "../json.ts";
import { listOf } from "./shapes.ts";

/** A workspace's API and the workspace token that opens it. */
export type Access = {
  readonly workspaceId: string;
  readonly studioUrl: string;
  readonly key: string;
};

/** A document as received, and what was read of it. The text holds credentials. */
export type Document<T> = { readonly text: string; readonly value: T };

/** The items of a list, each with its own text; services answer `[]`, `null` or nothing when there are none. */
export function itemsOf<T>(body: string, schema: z.ZodType<T>): readonly Document<T>[] {
  const values = parseShape(listOf(schema), parseJson(body));
  const texts = rawElements(body);
  return values.map((value, index) => ({ text: texts[index] ?? "", value }));
}
