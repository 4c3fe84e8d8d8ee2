import type { AccountType } from "../core/request.ts";

/**
 * https://github.com/Azure/azure-rest-api-specs, Microsoft.MachineLearning, `workspaceType`; the Studio API
 * uses the same words as `Type`. Guests are `Anonymous` there.
 */
const ACCOUNT_TYPES: ReadonlyMap<string, AccountType> = new Map([
  ["paidstandard", "standard"],
  ["paidpremium", "standard"],
  ["production", "standard"],
  ["free", "free"],
  ["anonymous", "guest"],
]);

/** The account type of a workspace by ARM's `workspaceType` or Studio's `Type`; null for another word. */
export function accountTypeOf(workspaceType: string): AccountType | null {
  return ACCOUNT_TYPES.get(workspaceType.toLowerCase()) ?? null;
}
