import { z } from "zod";

/** A seeded workspace as a person knows it who is about to export it. */
export type SeededWorkspace = {
  /** What the simulators call it. */
  readonly key: string;
  readonly name: string;
  readonly accountType: "standard" | "free" | "guest";
  /** What a caller asks for it by: its ARM id, or its workspace id. */
  readonly workspace: string;
  /** Its access token, with which it has to be registered; null for a standard one. */
  readonly token: string | null;
};

const workspacesSchema = z.array(
  z.object({
    key: z.string(),
    id: z.string(),
    armId: z.string().nullish(),
    name: z.string(),
    primaryToken: z.string(),
  }),
);

/** One seeded workspace of each account type, and a standard one to delete. */
export type SeededWorkspaces = Readonly<
  Record<SeededWorkspace["accountType"] | "toDelete", SeededWorkspace>
>;

/**
 * The seeded workspaces to show: contoso-churn, a free one and a young guest one, and adatum-archive to delete. `controlUrl` is the origin of
 * the simulators' control endpoint.
 */
export async function seededWorkspaces(controlUrl: string): Promise<SeededWorkspaces> {
  const response = await fetch(`${controlUrl}/control/workspaces`);
  const workspaces = workspacesSchema.parse(await response.json());
  const seeded = (key: string, accountType: SeededWorkspace["accountType"]) => {
    const found = workspaces.find((workspace) => workspace.key === key);
    if (found === undefined) throw new Error(`The simulators have no workspace ${key}`);
    const { name, id, armId, primaryToken } = found;
    return typeof armId === "string"
      ? { key, name, accountType, workspace: armId, token: null }
      : { key, name, accountType, workspace: id, token: primaryToken };
  };
  return {
    standard: seeded("S1", "standard"),
    free: seeded("F1", "free"),
    guest: seeded("G1", "guest"),
    toDelete: seeded("S5", "standard"),
  };
}
