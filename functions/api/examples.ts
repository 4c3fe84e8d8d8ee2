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

export const deleteAssets: Example = {
  summary: "One data set goes, once it is packaged and somebody else has approved",
  body: {
    kind: "delete",
    exportFirst: true,
    scope: { assets: [{ kind: "dataset", id: `${WORKSPACE_ID}.a1b2`, workspace: WORKSPACE_ID }] },
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

/** The hash of the plan that was read; this one is no plan's. */
export const approvePlan: Example = {
  summary: "With the hash of the plan that was read",
  body: { planHash: "0".repeat(64), comment: "Checked with the owner" },
  status: 409,
};

export const refuseWithReason: Example = {
  summary: "The reason stays in the request",
  body: { reason: "The data is needed for a legal claim (Art. 17(3)(e) GDPR)" },
  status: 200,
};

export const cancelWithReason: Example = {
  summary: "A reason may be left out",
  body: { reason: "Asked for by mistake" },
  status: 200,
};

export const holdWithReason: Example = {
  summary: "With the reason",
  body: { reason: "A court has asked for this data" },
  status: 200,
};

export const extendWithReason: Example = {
  summary: "The reason is told to the person too",
  body: { reason: "Forty workspaces have to be looked through" },
  status: 200,
};

export const awaitWithReason: Example = {
  summary: "With the reason",
  body: { reason: "The address is not the one on file" },
  status: 200,
};

export const confirmIdentityOf: Example = {
  summary: "How it was verified, and with which assurance",
  body: { method: "id-document", level: "high" },
  status: 200,
};

export const stopDeletions: Example = {
  summary: "Nothing is deleted until somebody lets it go on",
  body: { stopped: true, hourlyCap: null },
  status: 200,
};
