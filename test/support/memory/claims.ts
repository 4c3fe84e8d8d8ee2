import type { WorkspaceClaim } from "../../../shared/core/workspace-claim.ts";
import { AppError } from "../../../shared/errors.ts";
import type { Stored, WorkspaceClaims } from "../../../shared/pipeline/ports.ts";
import { frozen } from "./frozen.ts";

/** The claims of workspaces in memory. */
export function memoryClaims(): WorkspaceClaims {
  const claims = new Map<string, Stored<WorkspaceClaim>>();
  let versions = 0;
  return {
    load: async (key) => frozen(claims.get(key) ?? null),
    save: async (key, claim, version) => {
      if ((claims.get(key)?.version ?? null) !== version) {
        throw new AppError("store-conflict", "The claim was changed by somebody else");
      }
      versions += 1;
      claims.set(key, { value: frozen(claim), version: `v${versions}` });
    },
  };
}
