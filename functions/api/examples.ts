import type { Example } from "./operation.ts";

/** Bodies in the document of the API. A test sends each, and holds its answer to the status here. */

const WORKSPACE_ID = "b577bbf6c46640c822e2a6e3d255d437";
const ARM_ID =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn";

export const exportWorkspace: Example = {
  summary: "Everything of one standard workspace, for a ticket",
  body: { kind: "export", scope: { workspace: ARM_ID }, externalId: "RITM0010023" },
  status: 202,
};

export const exportAssets: Example = {
  summary: "Two assets",
  body: {
    kind: "export",
    scope: {
      assets: [
        { kind: "dataset", id: `${WORKSPACE_ID}.a1b2`, workspace: WORKSPACE_ID },
        { kind: "experiment", id: `${WORKSPACE_ID}.f-id.c3d4`, workspace: WORKSPACE_ID },
      ],
    },
  },
  status: 202,
};

export const exportSubject: Example = {
  summary: "All that is about one person, wherever it is",
  body: { kind: "export", scope: { subject: { email: "maja@contoso.example" } } },
  status: 202,
};

export const unknownMember: Example = {
  summary: "What is not known is refused, not passed over",
  body: { kind: "export", scope: { workspace: WORKSPACE_ID }, urgent: true },
  status: 400,
};

export const registerByRegion: Example = {
  summary: "A free workspace, by its region",
  body: { type: "free", region: "southcentralus", token: "the-token-of-its-settings-page" },
  status: 201,
};
