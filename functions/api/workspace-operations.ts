import {
  inventoryLineViewSchema,
  registerBodySchema,
  workspaceListSchema,
  workspaceViewSchema,
} from "../../shared/core/wire.ts";
import { registerByRegion } from "./examples.ts";
import { type Answered, operations } from "./operation.ts";

const workspace: Answered = { description: "The workspace.", schema: workspaceViewSchema };

/** The calls about workspaces. */
export const WORKSPACE_OPERATIONS = operations({
  registerWorkspace: {
    tag: "workspaces",
    summary: "Registers a free or guest workspace with its token, or replaces the token.",
    roles: ["Requester", "Operator"],
    body: registerBodySchema,
    examples: { registerByRegion },
    answers: { 200: workspace, 201: { ...workspace, headers: ["Location"] } },
    errors: ["workspace-denied", "workspace-not-found", "not-supported", "source-invalid"],
  },
  listWorkspaces: {
    tag: "workspaces",
    summary: "The registered workspaces: those that the caller registered; for Operators, all.",
    roles: ["Requester", "Operator"],
    answers: { 200: { description: "The workspaces, by id.", schema: workspaceListSchema } },
  },
  getWorkspace: {
    tag: "workspaces",
    summary: "A registered workspace.",
    roles: ["Requester", "Operator"],
    answers: { 200: workspace },
  },
  removeWorkspace: {
    tag: "workspaces",
    summary: "Forgets a registered workspace and purges its token.",
    roles: ["Requester", "Operator"],
    answers: { 204: { description: "It is forgotten." } },
  },
  getInventory: {
    tag: "workspaces",
    summary: "What the workspace holds, without a request: a dry run that changes nothing.",
    roles: ["Requester", "Operator"],
    answers: { 200: { description: "Lines of JSON.", lines: inventoryLineViewSchema } },
    errors: [
      "workspace-not-found",
      "workspace-denied",
      "workspace-locked",
      "workspace-unreadable",
      "guest-workspace-expired",
      "source-invalid",
      "outbound-refused",
    ],
  },
});
