import { AppError } from "../../errors.ts";
import type { WorkspaceProbe } from "../../pipeline/ports.ts";
import { accountTypeOf } from "../account-type.ts";
import type { Transport } from "../http.ts";
import { createStudioClient } from "./client.ts";

/** Looks into a workspace by reading its settings, the one call that any token of it may make. */
export function createWorkspaceProbe(transport: Transport): WorkspaceProbe {
  const client = createStudioClient(transport);
  return {
    look: async ({ workspaceId, studioUrl, token }) => {
      const { value } = await client.settings({ workspaceId, studioUrl, key: token });
      const accountType = accountTypeOf(value.Type);
      if (accountType === null) {
        throw new AppError("source-invalid", "The workspace has an account type that is not known");
      }
      return { name: value.FriendlyName, accountType, createdAt: value.CreatedTime };
    },
  };
}
