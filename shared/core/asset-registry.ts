import type { Asset, AssetKind } from "./asset.ts";
import { PHASES } from "./phase.ts";

/** What can be done with each kind of asset. */

/** How a kind is treated: either a way, or the reason why there is none. */
type Way = { readonly how: string } | { readonly not: string };

/**
 * How a kind is deleted: by a call of its own in its phase (`isProven` when a client of the service made that
 * call in public; others are made only where a setting says that the service takes them), together with another
 * kind, of which a part can go `alone`, or not at all.
 */
type OwnWay = { readonly how: string; readonly phase: number; readonly isProven: boolean };
type DeleteWay =
  | OwnWay
  | { readonly with: AssetKind; readonly alone?: OwnWay }
  | { readonly not: string };

/**
 * What has to be said about every kind before it compiles. `folder` is where it goes in the package; a
 * kind that `isSingle`, of which a workspace has one, lies there itself, others in a folder each. `limits` are
 * parts that nothing can export, each with its reason: they are told, and are no exception.
 */
type AssetRule = {
  readonly title: string;
  readonly folder: string;
  readonly isSingle: boolean;
  readonly limits: readonly string[];
  readonly export: Way;
  readonly delete: DeleteWay;
  readonly verify: Way;
  readonly redact: Way;
};

const LINKS_AND_KEYS = "tokens, keys and download links in the documents";
const ABSENT = { how: "it is absent from the list, and asking for it finds nothing" } as const;

/** The registry of asset kinds, in the order in which they are listed. */
export const ASSET_REGISTRY: Record<AssetKind, AssetRule> = {
  workspace: {
    title: "Workspace",
    folder: "data/account/workspace",
    isSingle: true,
    limits: [],
    export: { not: "its settings and everything in it are exported as assets of their own" },
    delete: {
      how: "through Azure Resource Manager (standard), or the Studio API where it takes that (free)",
      phase: PHASES.workspace,
      isProven: true,
    },
    verify: { how: "Azure Resource Manager, or the Studio API, does not find it any more" },
    redact: { not: "it has no document of its own" },
  },
  "workspace-settings": {
    title: "Workspace settings",
    folder: "data/account/workspace",
    isSingle: true,
    limits: [],
    export: { how: "the settings document as received" },
    delete: { with: "workspace" },
    verify: { how: "the workspace is gone" },
    redact: { how: "tokens, storage key, connection strings, certificate" },
  },
  users: {
    title: "Users and invitations",
    folder: "data/account/users",
    isSingle: true,
    limits: ["Profile data that the identity provider keeps has to be asked for there."],
    export: { how: "the list of users and invitations as received" },
    delete: {
      with: "workspace",
      alone: { how: "one user, from the list", phase: PHASES.users, isProven: false },
    },
    verify: { how: "the workspace is gone" },
    redact: { not: "the list holds no secret" },
  },
  project: {
    title: "Projects",
    folder: "data/workspace/projects",
    isSingle: false,
    limits: [],
    export: { how: "the entry of the list as received; a project only refers to assets" },
    delete: { how: "the container; its assets stay", phase: PHASES.projects, isProven: false },
    verify: ABSENT,
    redact: { how: LINKS_AND_KEYS },
  },
  dataset: {
    title: "Data sets",
    folder: "data/workspace/datasets",
    isSingle: false,
    limits: [
      "The internal formats .dataset, .ilearner and .itransform come as they are: only the service could convert them, and it has ended.",
    ],
    export: { how: "the metadata document, schema and preview, and the content byte for byte" },
    delete: { how: "the family, all versions", phase: PHASES.datasets, isProven: true },
    verify: { how: "the family is absent from the list, and no version of it is found" },
    redact: { how: "download links in the metadata; the content is the user's and stays as it is" },
  },
  "trained-model": {
    title: "Trained models",
    folder: "data/workspace/trained-models",
    isSingle: false,
    limits: [],
    export: {
      how: "the metadata document, and the content through the output it was promoted from",
    },
    delete: { how: "the family, all versions", phase: PHASES.models, isProven: false },
    verify: ABSENT,
    redact: { how: LINKS_AND_KEYS },
  },
  transform: {
    title: "Transforms",
    folder: "data/workspace/transforms",
    isSingle: false,
    limits: [],
    export: {
      how: "the metadata document, and the content through the output it was promoted from",
    },
    delete: { how: "the family, all versions", phase: PHASES.models, isProven: false },
    verify: ABSENT,
    redact: { how: LINKS_AND_KEYS },
  },
  "custom-module": {
    title: "Custom modules",
    folder: "data/workspace/custom-modules",
    isSingle: false,
    limits: ["The uploaded archive of a custom module: no call of the service gives it back."],
    export: { how: "the metadata document" },
    delete: { not: "no call deletes a custom module; it goes with its workspace" },
    verify: { how: "the workspace is gone" },
    redact: { how: LINKS_AND_KEYS },
  },
  experiment: {
    title: "Experiments",
    folder: "data/workspace/experiments",
    isSingle: false,
    limits: [],
    export: {
      how: "the document as received, run history, annotations, scripts, node results, visualizations, logs",
    },
    delete: {
      how: "the experiment with its run history",
      phase: PHASES.experiments,
      isProven: true,
    },
    verify: ABSENT,
    redact: { how: "credentials in module parameters, download links" },
  },
  notebook: {
    title: "Notebooks",
    folder: "data/workspace/notebooks",
    isSingle: false,
    limits: [
      "Notebook files and attachments: no call gave them, and the service removed them on 13 April 2020.",
    ],
    export: { how: "the entry of the list, the names of attachments, the link of its session" },
    delete: { not: "notebooks could be deleted in the Studio user interface only" },
    verify: ABSENT,
    redact: { how: "tokens in the session's links" },
  },
  gateway: {
    title: "Data gateways",
    folder: "data/workspace/gateways",
    isSingle: false,
    limits: [],
    export: { how: "the entry of the list as received" },
    delete: { how: "by its name", phase: PHASES.gateways, isProven: false },
    verify: ABSENT,
    redact: { how: "the registration key" },
  },
  "web-service": {
    title: "Web services (classic)",
    folder: "data/workspace/web-services",
    isSingle: false,
    limits: ["The code bundle of a web service that was published from R or Python code."],
    export: { how: "the document as received, and the definition of its experiment" },
    delete: {
      how: "the service with all its endpoints",
      phase: PHASES.webServices,
      isProven: true,
    },
    verify: ABSENT,
    redact: { how: LINKS_AND_KEYS },
  },
  "web-service-endpoint": {
    title: "Web service endpoints",
    folder: "data/workspace/web-service-endpoints",
    isSingle: false,
    limits: [
      "Request logs of endpoints: they are written to the customer's own storage account, container ml-diagnostics.",
    ],
    export: { how: "the document as received, and its Swagger description" },
    delete: {
      how: "by its name; the default one goes with its service",
      phase: PHASES.endpoints,
      isProven: true,
    },
    verify: ABSENT,
    redact: { how: "endpoint keys, storage links of its models" },
  },
  "web-service-group": {
    title: "Web service groups",
    folder: "data/workspace/web-service-groups",
    isSingle: false,
    limits: [],
    export: { how: "the document as received" },
    delete: { with: "web-service" },
    verify: ABSENT,
    redact: { how: "endpoint keys, the connection string of its diagnostics" },
  },
  "arm-web-service": {
    title: "Web services (Azure Resource Manager)",
    folder: "data/workspace/arm-web-services",
    isSingle: false,
    limits: ["The keys of the service and of its storage account."],
    export: { how: "the resource as received, with its payload blob where it has one" },
    delete: {
      how: "through Azure Resource Manager",
      phase: PHASES.armWebServices,
      isProven: true,
    },
    verify: { how: "Azure Resource Manager does not find it any more" },
    redact: { how: "keys, storage keys, credentials of assets and payloads" },
  },
  "commitment-plan": {
    title: "Commitment plans",
    folder: "data/workspace/commitment-plans",
    isSingle: false,
    limits: [],
    export: { how: "the resource as received, its associations and its usage history" },
    delete: {
      not: "a plan is a billing resource that several workspaces may share; it is reported",
    },
    verify: { not: "plans are not deleted" },
    redact: { not: "a plan holds no secret" },
  },
};

/** How this very asset is deleted: one user of a workspace, whose id stands behind that of the workspace, can go alone. */
export function deleteWayOf({ kind, sourceId }: Pick<Asset, "kind" | "sourceId">): DeleteWay {
  const way = ASSET_REGISTRY[kind].delete;
  return "with" in way && way.alone !== undefined && sourceId.includes("/") ? way.alone : way;
}
