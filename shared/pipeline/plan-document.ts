import { type PlanDocument, planDocumentSchema } from "../core/deletion-plan.ts";
import { planBlob } from "./layout.ts";
import type { Stage } from "./stage.ts";

/** What the plan of a deletion says beside its assets, as it is stored. Throws `not-found` when it is not there. */
export async function planDocument(
  { packages }: Pick<Stage, "packages">,
  requestId: string,
  generation: number,
): Promise<PlanDocument> {
  const chunks = await packages.read({ requestId, name: planBlob(generation) });
  const text = Buffer.concat(await Array.fromAsync(chunks)).toString("utf8");
  return planDocumentSchema.parse(JSON.parse(text));
}
