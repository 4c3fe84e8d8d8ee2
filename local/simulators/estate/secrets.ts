import { credentialOf, signatureOf } from "../seed/derived-ids.ts";
import { passwordOf } from "./build-experiment.ts";
import { blobsOf } from "./estate.ts";
import type { StoredBlob, Workspace } from "./workspace.ts";

/** The key of the workspace's storage account. */
export function storageKeyOf(workspaceKey: string): string {
  return credentialOf(`storagekey:${workspaceKey}`);
}

/** The two keys of a web-service endpoint. Endpoints of one name share them. */
export function endpointKeysOf(workspaceKey: string, endpointName: string): [string, string] {
  const label = `${workspaceKey}:${endpointName}`;
  return [credentialOf(`epkey1:${label}`), credentialOf(`epkey2:${label}`)];
}

/** The two keys of a new-style web service. */
export function armKeysOf(serviceId: string): [string, string] {
  return [credentialOf(`armkey1:${serviceId}`), credentialOf(`armkey2:${serviceId}`)];
}

/** The token of a notebook's session. */
export function notebookTokenOf(workspaceKey: string, notebookKey: string): string {
  return credentialOf(`notebook:${workspaceKey}:${notebookKey}`);
}

/** The signature inside a blob's shared-access address. It does not depend on the time of issue. */
export function blobSignatureOf(blob: StoredBlob): string {
  return signatureOf(`blob:${blob.account}/${blob.path}`);
}

/** Every credential that a response about this workspace may hold, so that a scan for leaks can look for them. */
export function secretsOf(workspace: Workspace): string[] {
  const endpoints = (workspace.seed.webServices ?? []).flatMap((service) => service.endpoints);
  const withPassword = workspace.experiments.filter(({ seed }) =>
    seed.secrets?.includes("Password"),
  );
  return [
    ...new Set([
      workspace.primaryToken,
      workspace.secondaryToken,
      storageKeyOf(workspace.key),
      ...endpoints.flatMap((endpoint) => endpointKeysOf(workspace.key, endpoint)),
      ...withPassword.map(({ seed }) => passwordOf(workspace.key, seed.key)),
      ...blobsOf(workspace).map(blobSignatureOf),
      ...(workspace.seed.notebooks ?? []).map(({ key }) => notebookTokenOf(workspace.key, key)),
      ...workspace.armServices.flatMap(({ id, assetCredential }) => [
        ...armKeysOf(id),
        new URLSearchParams(assetCredential).get("sig") ?? "",
      ]),
    ]),
  ];
}
