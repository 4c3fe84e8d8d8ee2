import { z } from "zod";
import { accountTypeSchema } from "./request.ts";

/** The shapes of the HTTP API about registered workspaces. */

/** `PUT /api/workspaces/{id}`: where the workspace is, by region or by address, and its access token. */
export const registerBodySchema = z
  .strictObject({
    type: accountTypeSchema.exclude(["standard"]).optional(),
    region: z.string().max(60).optional(),
    studioUrl: z.string().max(400).optional(),
    token: z.string().regex(/^[\x21-\x7e]{16,1000}$/, {
      error: "must be an access token, as the workspace's settings page shows it",
    }),
  })
  .refine(({ region, studioUrl }) => (region === undefined) !== (studioUrl === undefined), {
    error: "name the region or give the studioUrl, one of the two",
    path: ["region"],
  });
export type RegisterBody = z.infer<typeof registerBodySchema>;

/** A registered workspace: `GET /api/workspaces/{id}`, and the answer to its registration. Never its token. */
export const workspaceViewSchema = z.object({
  id: z.string(),
  accountType: accountTypeSchema,
  studioUrl: z.string(),
  createdAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  registeredBy: z.string(),
  registeredAt: z.string(),
});
export type WorkspaceView = z.infer<typeof workspaceViewSchema>;

/** `GET /api/workspaces`, in order of id. */
export const workspaceListSchema = z.object({ workspaces: z.array(workspaceViewSchema) });
export type WorkspaceList = z.infer<typeof workspaceListSchema>;
