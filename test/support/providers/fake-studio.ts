import type { Asset, AssetKind } from "../../../shared/core/asset.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import type { Clock, Provider } from "../../../shared/pipeline/ports.ts";
import type { ArmResources } from "../../../shared/providers/arm/resources.ts";
import type { HttpRequest } from "../../../shared/providers/http.ts";
import { createStudioProvider } from "../../../shared/providers/studio-classic/provider.ts";
import { memoryClock } from "../memory/clock.ts";
import { type FakeAnswer, type FakeTransport, fakeTransport } from "./fake-transport.ts";

/** The workspace of these tests. */
export const ID = "b577bbf6c46640c822e2a6e3d255d437";
/** The workspace that owns the samples. */
export const SAMPLES = "506153734175476c4f62416c57734963";
/** That workspace, as a directory finds it. */
export const WORKSPACE: Workspace = {
  workspaceId: ID,
  armId: "/subscriptions/a/contoso",
  name: "contoso-churn",
  accountType: "standard",
  studioUrl: "https://studio.example",
  createdAt: null,
};
/** Its data set. */
export const DATASET_ID = `${ID}.2b9c6e10d47f4a85b3e19d0c5a7f8e24.v1-default-48`;
/** Its experiment. */
export const EXPERIMENT_ID = `${ID}.f-id.1f022fd4578847dc867d662a51f0a105`;

/** Path below the workspace to document. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  "": '{"FriendlyName":"contoso-churn","CreatedTime":"\\/Date(1456874077000)\\/","AuthorizationToken":{"PrimaryToken":"canary"}}',
  "/users": '[{"Status":"Active","User":{"Email":"maja@example.com"}}]',
  "/datasources": `[{"Id":"${DATASET_ID}","Name":"CRM","Size":10,"Batch":48,"CreatedDate":"\\/Date(1464199879696)\\/"},{"Id":"${DATASET_ID}"},{"Id":"${SAMPLES}.1.v1-default-1"},{"Id":"aac8fa11a24583e8d5665ffef9c54d04.1.v1-default-1"}]`,
  "/experiments": `[{"ExperimentId":"${EXPERIMENT_ID}","Description":"Churn","Etag":"W/1","Status":{"CreationTime":"\\/Date(1000)\\/","StartTime":"\\/Date(2000)\\/","EndTime":"\\/Date(-62135596800000)\\/"}},{"ExperimentId":"${SAMPLES}.f-id.1"}]`,
  [`/datasources/${DATASET_ID}`]: `{"Id":"${DATASET_ID}","Name":"CRM","DataTypeId":"GenericCSV","Size":10,"CreatedDateTicks":635998006796960001,"DownloadLocation":{"BaseUri":"https://studio.example/","Location":"l","AccessCredential":"?canary"}}`,
  [`/experiments/${EXPERIMENT_ID}`]:
    '{"Graph":{"ModuleNodes":[{"Id":"n1","ModuleParameters":[{"Name":"Account Key","Value":"canary"}]}]}}',
};

/** A provider whose service answers by the path below the workspace; other addresses come whole. */
export function studio(
  answer: (path: string, request: HttpRequest) => FakeAnswer,
  options: { readonly arm?: ArmResources; readonly clock?: Clock } = {},
): {
  provider: Provider;
  transport: FakeTransport;
  dropped: readonly string[];
} {
  const dropped: string[] = [];
  let keys = 1;
  const root = `https://studio.example/api/workspaces/${ID}`;
  const transport = fakeTransport((request) => {
    const url = String(request.url);
    const path = url.startsWith(root) ? url.slice(root.length) : url;
    return answer(path.split("?")[0] ?? "", request);
  });
  const provider = createStudioProvider({
    transport,
    clock: options.clock ?? memoryClock(),
    managementUrls: new Map([["https://studio.example", "https://management.example"]]),
    arm: options.arm ?? null,
    keys: {
      keyOf: async () => `key-${keys}`,
      drop: () => {
        dropped.push(`key-${keys}`);
        keys += 1;
      },
    },
  });
  return { provider, transport, dropped };
}

/** Answers with the document at the path. */
export function documents(path: string): FakeAnswer {
  return { body: DOCUMENTS[path] ?? "" };
}

/** Answers with these values as JSON, and with 404 where there is none; the settings are always there. */
export function answers(byPath: Readonly<Record<string, unknown>>): (path: string) => FakeAnswer {
  return (path) => {
    const value = byPath[path];
    if (value !== undefined) return { body: JSON.stringify(value) };
    return path === "" ? documents("") : { status: 404 };
  };
}

/** The token that a call carries. */
export function keyIn({ credentials }: HttpRequest): string | undefined {
  const bearer = credentials?.["authorization"]?.replace("Bearer ", "");
  return credentials?.["x-ms-metaanalytics-authorizationtoken"] ?? bearer;
}

/** An asset of which only kind and id matter. */
export function asset(kind: AssetKind, sourceId: string): Asset {
  return { kind, sourceId, name: "", version: "", bytes: 0, createdAt: null, modifiedAt: null };
}
