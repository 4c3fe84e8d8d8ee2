import { guidOf } from "../seed/derived-ids.ts";

/** An application or managed identity of the directory. */
export type Identity = {
  readonly clientId: string;
  readonly objectId: string;
  /** App roles in the product's API. */
  readonly roles: readonly string[];
  /** Whether it may act on Azure resources. */
  readonly isAzureContributor: boolean;
};

/** Applications that call the product's API. Their `client_id` is also their name. */
export const APPLICATIONS: readonly Identity[] = [
  application("requester-tool", ["Requester"]),
  application("approver-app", ["Approver"]),
  application("operator-app", ["Operator"]),
  application("auditor-app", ["Auditor"]),
  application("nobody-app", []),
];

/** The managed identity of the app itself, handed out by the identity endpoint. */
export const MANAGED_IDENTITY: Identity = {
  ...application("studio-dsr-app", []),
  isAzureContributor: true,
};

function application(clientId: string, roles: readonly string[]): Identity {
  return {
    clientId,
    objectId: guidOf(`oid:${clientId}`),
    roles,
    isAzureContributor: roles.includes("Operator"),
  };
}
