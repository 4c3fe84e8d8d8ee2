import { type ArmResources, payloadLink } from "../arm/resources.ts";
import { failureOf } from "../failure.ts";
import { documentFile, documentOrMissing, noSuchAsset, type Part } from "./parts.ts";
import type { Source } from "./source.ts";

/** What Azure Resource Manager holds of a standard workspace. */

/** A web service of the newer kind: the resource, and its payload where that lies in a blob. */
export async function* armServiceFiles(source: Source, armId: string): AsyncGenerator<Part> {
  const text = await resourcesOf(source).read(armId, "webServices");
  yield await documentFile(source, "web-service", ["web-service.json"], text);
  const link = payloadLink(text);
  if (link === null) return;
  yield await documentOrMissing(source, "payload", ["payload.json"], () => payload(source, link));
}

/** A commitment plan: the resource, and each page of its associations and its usage. */
export async function* planFiles(source: Source, armId: string): AsyncGenerator<Part> {
  const arm = resourcesOf(source);
  const text = await arm.read(armId, "commitmentPlans");
  yield await documentFile(source, "plan", ["plan.json"], text);
  for (const [list, name] of PLAN_LISTS) {
    let number = 0;
    for await (const page of arm.pages(armId, list)) {
      number += 1;
      const file = number === 1 ? `${name}.json` : `${name} (page ${number}).json`;
      yield await documentFile(source, `${name}-${number}`, [file], page);
    }
  }
}

const PLAN_LISTS = [
  ["commitmentAssociations", "associations"],
  ["usageHistory", "usage-history"],
] as const;

function resourcesOf({ arm }: Source): ArmResources {
  if (arm === null) throw noSuchAsset();
  return arm;
}

/** The blob behind a link, which goes without any token. */
async function payload({ transport }: Source, url: URL): Promise<string> {
  const answer = await transport.fetchText({ method: "GET", url });
  if (answer.status >= 200 && answer.status <= 299) return answer.body;
  throw failureOf(answer);
}
