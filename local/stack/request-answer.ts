import { z } from "zod";

/** What the command line says of a request, as far as the guided runs read it. */
export const requestSchema = z.object({
  id: z.string(),
  state: z.string(),
  workspaces: z.array(z.object({ name: z.string(), accountType: z.string() })),
});
