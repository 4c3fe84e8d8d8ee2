import { MODULE_BATCH } from "../estate/build-experiment.ts";
import { SAMPLE_OWNER, SAMPLES_CREATED_MS } from "../estate/build-samples.ts";
import type { Route } from "../http/router.ts";
import { familyIdOf, GLOBAL_WORKSPACE_ID, hexOf, resourceIdOf } from "../seed/derived-ids.ts";
import { MODULE_CATALOGUE, UNUSED_MODULES } from "../seed/module-catalogue.ts";
import { notFound } from "./errors.ts";
import { answer, type StudioCall, type StudioContext, studioRoute } from "./studio-context.ts";
import { wireDate } from "./wire-json.ts";

/** Built-in and custom modules. A custom module can be neither downloaded nor deleted. */
export function moduleRoutes(context: StudioContext): Route[] {
  return [
    studioRoute("GET", "/modules", context, (call) => answer(call, listModules(call))),
    studioRoute("GET", "/modules/{id}", context, (call) => {
      const module = listModules(call).find(({ Id }) => Id === call.path("id"));
      return module === undefined
        ? notFound("The module", context.switches.current)
        : answer(call, module);
    }),
  ];
}

type WireModule = { readonly Id: string } & Readonly<Record<string, unknown>>;

function listModules(call: StudioCall): WireModule[] {
  const { workspace } = call;
  const builtIn = [
    ...Object.values(MODULE_CATALOGUE).map(
      ({ familyId, name, category }) => [familyId, name, category] as const,
    ),
    ...UNUSED_MODULES,
  ];
  return [
    ...builtIn.map(([familyId, name, category]) => wireBuiltIn(familyId, name, category)),
    ...(workspace.seed.modules ?? []).map(({ key, name }, index) =>
      wireCustom(call, key, name, index + 1),
    ),
  ];
}

function wireBuiltIn(familyId: string, name: string, category: string): WireModule {
  return {
    ...wireModule(GLOBAL_WORKSPACE_ID, familyId, name, MODULE_BATCH, SAMPLES_CREATED_MS),
    Category: category,
    ReleaseState: "Release",
    ModuleLanguage: { Language: "DotNet", Version: "4.5.0" },
    Owner: SAMPLE_OWNER,
  };
}

function wireCustom(
  { workspace, plant }: StudioCall,
  key: string,
  name: string,
  batch: number,
): WireModule {
  const familyId = familyIdOf(workspace.key, key);
  return {
    ...wireModule(workspace.id, familyId, name, batch, workspace.createdMs),
    Description: plant("module.Description", ""),
    InformationUrl: plant("module.InformationUrl", null),
    Category: "Custom",
    ReleaseState: "Custom",
    ModuleLanguage: { Language: "R", Version: "3.1.0" },
    Owner: workspace.ownerName,
  };
}

function wireModule(
  workspaceId: string,
  familyId: string,
  name: string,
  batch: number,
  createdMs: number,
): WireModule {
  return {
    Id: resourceIdOf(workspaceId, familyId, batch),
    Name: name,
    Description: "",
    FamilyId: familyId,
    IsDeterministic: true,
    IsBlocking: false,
    ModuleType: "Module",
    ResourceUploadId: hexOf(`upload:module:${familyId}`),
    Size: 0,
    CreatedDate: wireDate(createdMs),
    IsLatest: true,
    IsDeprecated: false,
    SourceOrigin: "FromResourceUpload",
    ClientVersion: null,
    ServiceVersion: 0,
    Batch: batch,
    EscalationEmail: null,
    InformationUrl: null,
  };
}
