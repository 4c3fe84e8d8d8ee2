import { z } from "zod";

const workspacesSchema = z.array(
  z.object({ key: z.string(), id: z.string(), armId: z.string().nullish(), name: z.string() }),
);

/**
 * The name by which a caller asks for the seeded standard workspace contoso-churn: its ARM id.
 * `controlUrl` is the origin of the simulators' control endpoint.
 */
export async function seededWorkspace(controlUrl: string): Promise<string> {
  const response = await fetch(`${controlUrl}/control/workspaces`);
  const workspaces = workspacesSchema.parse(await response.json());
  const churn = workspaces.find((workspace) => workspace.name === "contoso-churn");
  if (typeof churn?.armId !== "string")
    throw new Error("The simulators have no workspace contoso-churn");
  return churn.armId;
}
