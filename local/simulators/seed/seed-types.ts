import type { ModuleName } from "./module-catalogue.ts";

/** An ISO time, or `now-2h`, `now-90m`, `now-7h55m`: that long before the simulator started. */
export type SeedTime = string;

/** Where the bytes of a data set come from: a file of `file-contents.ts` or the output of a node. */
export type SeedContent =
  | { readonly file: string }
  | { readonly experiment: string; readonly node: ModuleName; readonly port: string };

export type SeedDataset = {
  readonly key: string;
  readonly name: string;
  readonly dataTypeId: string;
  readonly owner: string;
  readonly content: SeedContent;
  readonly description?: string;
  /** Creation time of each version, oldest first; one version, made with the workspace, unless given. */
  readonly versions?: readonly SeedTime[];
};

/** `in:` attaches a data set and `model:` a trained model to the module that follows. */
export type SeedNode = `in:${string}` | `model:${string}` | ModuleName;

export type SeedExperiment = {
  readonly key: string;
  readonly name: string;
  readonly status: "InDraft" | "Running" | "Finished" | "Failed" | "Canceled";
  readonly lastRun: SeedTime;
  readonly nodes: readonly SeedNode[];
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly archived?: boolean;
  /** Older runs, oldest first. */
  readonly olderRuns?: readonly SeedTime[];
  /** Parameters of the import and export nodes that hold a credential in clear. */
  readonly secrets?: readonly ("Account Key" | "Password")[];
  /** Comments on nodes, by module. */
  readonly comments?: Readonly<Partial<Record<ModuleName, string>>>;
};

export type SeedModel = {
  readonly key: string;
  readonly name: string;
  readonly experiment: string;
  readonly node: ModuleName;
  readonly port: string;
  /** Trained models only: what made them. */
  readonly language?: { readonly Language: "DotNet" | "R"; readonly Version: string };
  readonly versions?: readonly SeedTime[];
};

export type SeedWorkspace = {
  readonly key: string;
  readonly type: "Anonymous" | "Free" | "PaidStandard";
  readonly name: string;
  readonly description: string;
  readonly region: "South Central US" | "West Europe" | "Southeast Asia" | "Japan East";
  readonly created: SeedTime;
  /** Key of the person, role, state. The first owner is the workspace's owner. */
  readonly users: readonly (readonly [PersonKey, "Owner" | "User", "Active" | "Invited"])[];
  readonly datasets: readonly SeedDataset[];
  readonly experiments: readonly SeedExperiment[];
  readonly models?: readonly SeedModel[];
  readonly transforms?: readonly SeedModel[];
  readonly modules?: readonly { readonly key: string; readonly name: string }[];
  readonly notebooks?: readonly {
    readonly key: string;
    readonly name: string;
    readonly language: string;
    readonly attachments: readonly string[];
  }[];
  readonly projects?: readonly {
    readonly key: string;
    readonly name: string;
    readonly description: string | null;
    readonly experiments: readonly string[];
    readonly datasets: readonly string[];
    readonly webServices: readonly string[];
  }[];
  readonly gateways?: readonly {
    readonly name: string;
    readonly status: string;
    readonly versionStatus: string;
    readonly host: string;
  }[];
  readonly annotations?: readonly {
    readonly experiment: string;
    readonly content: string;
    readonly node: ModuleName | null;
  }[];
  readonly webServices?: readonly {
    readonly key: string;
    readonly name: string;
    readonly created: SeedTime;
    readonly endpoints: readonly string[];
  }[];
  /** What Azure Resource Manager knows of it; paid workspaces only. */
  readonly azure?: SeedAzure;
};

/** A paid workspace as a resource, with what lies beside it in its group and outlives it. */
export type SeedAzure = {
  readonly subscription: SubscriptionKey;
  readonly resourceGroup: string;
  readonly storageAccount: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly lock?: {
    readonly scope: "resourceGroup" | "workspace";
    readonly level: "CanNotDelete" | "ReadOnly";
    readonly name: string;
    readonly notes: string;
  };
  /** New-style web services. The plan may lie in another group of the subscription. */
  readonly webServices?: readonly {
    readonly name: string;
    readonly plan: { readonly resourceGroup: string; readonly name: string } | null;
    /** How it writes the id of its workspace, which the record leaves open. */
    readonly workspaceIdForm: "arm" | "hex" | "upper-hex";
    readonly payload: "inline" | "blob";
  }[];
  readonly plans?: readonly { readonly name: string; readonly tier: string }[];
};

/** Keys of `people.ts`. */
export type PersonKey =
  | "guest"
  | "maja"
  | "tomas"
  | "ines"
  | "priya"
  | "jonas"
  | "lucy"
  | "dmitri"
  | "hana"
  | "wei"
  | "carl"
  | "temp";

/** Keys of `SUBSCRIPTIONS`. */
export type SubscriptionKey = "A" | "B";
