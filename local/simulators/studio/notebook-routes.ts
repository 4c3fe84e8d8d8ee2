import { notebookTokenOf } from "../estate/secrets.ts";
import type { Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { familyIdOf } from "../seed/derived-ids.ts";
import type { SeedWorkspace } from "../seed/seed-types.ts";
import { notFound } from "./errors.ts";
import { answer, type StudioCall, type StudioContext, studioRoute } from "./studio-context.ts";
import { wireDate } from "./wire-json.ts";

/** Notebooks: their list, names of attachments, and links of a session. No call gives the file. */
export function notebookRoutes(context: StudioContext): Route[] {
  return [
    studioRoute("GET", "/notebooks", context, listNotebooks),
    studioRoute("GET", "/notebooks/family/{family}/attachments", context, (call) =>
      withNotebook(call, ({ attachments }) => attachments),
    ),
    studioRoute("POST", "/notebooks/family/{family}/session", context, (call) =>
      withNotebook(call, ({ key }) => wireSession(key, call)),
    ),
  ];
}

type Notebook = NonNullable<SeedWorkspace["notebooks"]>[number];

const DAY_MS = 24 * 60 * 60 * 1000;
/** From that day on the service had no notebooks, and their files were gone. */
const REMOVED_AT_MS = Date.UTC(2020, 3, 13);

function positionOf({ context }: StudioCall): "present" | "removed" | "gone" {
  const { notebooks } = context.switches.current;
  if (notebooks !== "by-clock") return notebooks;
  return context.clock.now() < REMOVED_AT_MS ? "present" : "removed";
}

function listNotebooks(call: StudioCall): Reply {
  const position = positionOf(call);
  if (position === "gone") return notFound("The path", call.context.switches.current);
  if (position === "removed") return answer(call, []);
  const { workspace } = call;
  return answer(
    call,
    (workspace.seed.notebooks ?? []).map(({ key, name, language }) => ({
      FamilyId: familyIdOf(workspace.key, key),
      Name: name,
      Author: workspace.ownerName,
      Language: language,
      Modified: wireDate(workspace.createdMs + 60 * DAY_MS),
      Created: wireDate(workspace.createdMs + 40 * DAY_MS),
      Tags: call.plant("notebook.Tags", ""),
    })),
  );
}

function withNotebook(call: StudioCall, wire: (notebook: Notebook) => unknown): Reply {
  const { workspace, path, context } = call;
  const notebook = workspace.seed.notebooks?.find(
    ({ key }) => familyIdOf(workspace.key, key) === path("family"),
  );
  return notebook === undefined || positionOf(call) !== "present"
    ? notFound("The notebook", context.switches.current)
    : answer(call, wire(notebook));
}

/** The token that opens the notebook's Jupyter server stands in the first link. */
function wireSession(key: string, { workspace, plant }: StudioCall): Record<string, string> {
  const server = `https://notebooks.azureml.net/${familyIdOf(workspace.key, key)}`;
  const token = encodeURIComponent(notebookTokenOf(workspace.key, key));
  return {
    AuthenticationUri: `${server}/login?token=${token}`,
    SessionUri: plant("notebook.SessionUri", `${server}/notebooks/notebook.ipynb`),
    OriginUri: "https://studio.azureml.net",
  };
}
