import { createHash } from "node:crypto";
import { z } from "zod";
import type { Thing } from "../checker/evidence.ts";
import type { SimulatorControl } from "./fault-stack.ts";

/** A workspace of the simulators, and everything that they say is in it. */
export type LoadWorkspace = {
  readonly key: string;
  readonly id: string;
  readonly armId: string | null;
  readonly accountType: "standard" | "free" | "guest";
  readonly token: string;
};

export const workspacesSchema = z.array(
  z.object({
    key: z.string(),
    id: z.string(),
    armId: z.string().nullable(),
    type: z.string(),
    primaryToken: z.string(),
    isDeleted: z.boolean(),
  }),
);
const ACCOUNT_TYPES: Readonly<Record<string, LoadWorkspace["accountType"]>> = {
  PaidStandard: "standard",
  Free: "free",
  Anonymous: "guest",
};

/** The small workspaces, in their order. */
export async function loadWorkspaces(simulators: SimulatorControl): Promise<LoadWorkspace[]> {
  const all = await simulators.get("workspaces", workspacesSchema);
  return all
    .filter(({ key }) => /^L\d{5}$/.test(key))
    .map(({ key, id, armId, type, primaryToken }) => {
      const accountType = ACCOUNT_TYPES[type] ?? "standard";
      return { key, id, armId, accountType, token: primaryToken };
    });
}

/** The name of a thing. Data sets and models go by their family: versions come and go. */
export function thingOf(workspaceId: string, kind: string, id: string): Thing {
  if (kind === "workspace") return `${workspaceId} workspace`;
  const family = /^[0-9a-f]{32}\.([0-9a-f]{32})\.v/.exec(id)?.[1] ?? id;
  return `${workspaceId} ${kind} ${family.toLowerCase()}`;
}

/** By which id a receipt names an asset (docs: SHA-256 of workspace, kind and id, its first 32 hex digits). */
export function receiptIdOf(workspaceId: string, kind: string, id: string): string {
  const text = JSON.stringify([workspaceId, kind, id]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

const assetsSchema = z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() }));
const datasetsSchema = z.array(z.object({ id: z.string(), name: z.string() }));
const digestSchema = z.object({ sha256: z.string() });

/** What is in a workspace by the simulators' own word; of a deleted one only what outlives it. */
export async function thingsIn(
  simulators: SimulatorControl,
  { key, id }: Pick<LoadWorkspace, "key" | "id">,
  isDeleted: boolean,
): Promise<Thing[]> {
  const assets = await simulators.get(`workspaces/${key}/assets`, assetsSchema);
  const left = assets.filter(({ kind }) => !isDeleted || outlives(kind));
  const things = left.map((asset) => thingOf(id, asset.kind, asset.id));
  return isDeleted ? things : [thingOf(id, "workspace", id), ...things];
}

/** Whether a kind is a resource of its own, which stays when its workspace goes. */
export function outlives(kind: string): boolean {
  return kind === "arm-web-service" || kind === "commitment-plan";
}

/** The data sets of a workspace: the id by which the API takes them, and the digest of their content. */
export async function datasetsIn(simulators: SimulatorControl, { key }: { readonly key: string }) {
  const datasets = await simulators.get(`workspaces/${key}/datasets`, datasetsSchema);
  return Promise.all(
    datasets.map(async ({ id }) => {
      const path = `workspaces/${key}/datasets/${encodeURIComponent(id)}/sha256`;
      return { id, sha256: (await simulators.get(path, digestSchema)).sha256 };
    }),
  );
}
