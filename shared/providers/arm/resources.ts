import { z } from "zod";
import type { Workspace } from "../../core/request.ts";
import { isCode } from "../../errors.ts";
import { lowerKeys, parseShape } from "../json.ts";
import { belongsTo, propertiesOf } from "./identity.ts";
import { type ArmAnswer, type ArmReader, armFailure } from "./sender.ts";
import { armList, armPages, armUrl } from "./urls.ts";

/** A web service or a commitment plan as a list tells of it; `createdAt` and `modifiedAt` are ISO 8601. */
export type ArmResource = {
  readonly armId: string;
  readonly name: string;
  readonly etag: string;
  readonly createdAt: string | null;
  readonly modifiedAt: string | null;
};

/**
 * What Azure Resource Manager holds of a workspace beside the workspace itself
 * (https://github.com/Azure/azure-rest-api-specs, Microsoft.MachineLearning). All throw as `failureOf` says, with 404
 * as `asset-not-found`, `outbound-refused` when a page lies on another host, and what the transport throws.
 */
export interface ArmResources {
  /** The web services of the newer kind that name the workspace, from its subscription. */
  webServices(workspace: Workspace): AsyncIterable<ArmResource>;
  /** The commitment plans that one of these web services uses. */
  plans(workspace: Workspace, serviceIds: ReadonlySet<string>): AsyncIterable<ArmResource>;
  /** A resource as received. */
  read(armId: string, kind: ArmKind): Promise<string>;
  /** The pages of a list below a plan, as received. */
  pages(planId: string, list: "commitmentAssociations" | "usageHistory"): AsyncIterable<string>;
}

/** The two kinds, by the names of their collections. */
export type ArmKind = keyof typeof API_VERSIONS;

const API_VERSIONS = { webServices: "2017-01-01", commitmentPlans: "2016-05-01-preview" } as const;

const lineSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  etag: z.string().nullish(),
  properties: z.preprocess(lowerKeys, z.looseObject({})),
});
type Line = z.output<typeof lineSchema>;

const associationSchema = z.object({ properties: z.preprocess(lowerKeys, z.looseObject({})) });

/** The resources as `reader` reads them. */
export function createArmResources(reader: ArmReader): ArmResources {
  const { origin } = reader;
  const get = async (url: URL): Promise<ArmAnswer> => {
    const answer = await reader.get(url);
    if (answer.status === 200) return answer;
    throw armFailure(answer, "asset-not-found");
  };
  const read = async (armId: string, kind: ArmKind) =>
    (await get(armUrl(origin, armId, API_VERSIONS[kind]))).body;

  async function* collection(workspace: Workspace, kind: ArmKind): AsyncGenerator<Line> {
    const [subscription, group] = scopesOf(workspace.armId ?? "");
    const listOf = (scope: string) =>
      armList(
        armUrl(origin, `${scope}/providers/Microsoft.MachineLearning/${kind}`, API_VERSIONS[kind]),
        lineSchema,
        get,
      );
    try {
      yield* listOf(subscription);
    } catch (error) {
      // Rights on the workspace's own group alone are enough for what lies there.
      if (!isCode(error, "workspace-denied")) throw error;
      yield* listOf(group);
    }
  }

  return {
    read,
    async *webServices(workspace) {
      for await (const line of collection(workspace, "webServices")) {
        // An item of the list is sparse, and may leave out whose it is.
        const properties =
          "machinelearningworkspace" in line.properties
            ? line.properties
            : propertiesOf(await read(line.id, "webServices"));
        if (belongsTo(properties, workspace)) yield resourceOf(line);
      }
    },
    async *plans(workspace, serviceIds) {
      for await (const line of collection(workspace, "commitmentPlans")) {
        if (await isUsedBy(line.id, serviceIds)) yield resourceOf(line);
      }
    },
    pages: (planId, list) => armPages(belowPlan(planId, list), get),
  };

  function belowPlan(planId: string, list: string): URL {
    return armUrl(origin, planId, API_VERSIONS.commitmentPlans, `/${list}`);
  }

  /** A service does not tell its plan; the plan tells its services. */
  async function isUsedBy(planId: string, serviceIds: ReadonlySet<string>): Promise<boolean> {
    const url = belowPlan(planId, "commitmentAssociations");
    for await (const { properties } of armList(url, associationSchema, get)) {
      if (serviceIds.has(String(properties["associatedresourceid"]).toLowerCase())) return true;
    }
    return false;
  }
}

/** Where the payload of a web service is when it is too large for the resource; null when it is in the resource. */
export function payloadLink(text: string): URL | null {
  const { payloadsinblobstorage, payloadslocation } = propertiesOf(text);
  if (payloadsinblobstorage !== true) return null;
  const { uri, credentials } = parseShape(payloadSchema, lowerKeys(payloadslocation));
  // Credentials are a shared-access query where they can be used by themselves.
  return new URL(uri + (credentials?.startsWith("?") ? credentials : ""));
}

const payloadSchema = z.object({ uri: z.url(), credentials: z.string().nullish() });

/** The subscription and the group of an ARM id, each as a scope. */
function scopesOf(armId: string): [string, string] {
  const segments = armId.split("/");
  return [segments.slice(0, 3).join("/"), segments.slice(0, 5).join("/")];
}

function resourceOf({ id, name, etag, properties }: Line): ArmResource {
  return {
    armId: id,
    name,
    etag: etag ?? "",
    createdAt: instantOf(properties["createdon"] ?? properties["creationdate"]),
    modifiedAt: instantOf(properties["modifiedon"]),
  };
}

/** ARM writes up to seven decimals, we keep three. */
function instantOf(value: unknown): string | null {
  const at = Date.parse(String(value));
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
