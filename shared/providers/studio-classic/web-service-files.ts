import { AppError, isCode } from "../../errors.ts";
import { isOwn } from "./assets.ts";
import { documentFile, documentOrMissing, noSuchAsset, orNull, type Part } from "./parts.ts";
import type { Source } from "./source.ts";

/** Classic web services and their endpoints, from the management API. */

/** A web service: its document, and the definition of the experiment that it was made of. */
export async function* webServiceFiles(source: Source, id: string): AsyncGenerator<Part> {
  const service = await source.ask((client, access) => client.webService(access, id));
  yield await documentFile(source, "web-service", ["web-service.json"], service.text);
  const endpoints = await whileFresh(source, service.value.CreationTime, () =>
    source.ask((client, access) => client.endpoints(access, id)),
  );
  const locations = endpoints.map(({ value }) => value.ExperimentLocation);
  const experimentId = experimentIn(locations.find((location) => location !== "") ?? "");
  // One that was published from code comes from no experiment.
  if (experimentId === null || !isOwn(source.workspace.workspaceId, experimentId)) return;
  yield await documentOrMissing(source, "definition", ["definition.json"], () =>
    definition(source, experimentId),
  );
}

/** An endpoint, by `<service id>/<name>`: its document, and the Swagger description of its calls. */
export async function* endpointFiles(
  source: Source,
  sourceId: string,
  createdAt: string | null,
): AsyncGenerator<Part> {
  const slash = sourceId.indexOf("/");
  if (slash < 0) throw noSuchAsset();
  const [serviceId, name] = [sourceId.slice(0, slash), sourceId.slice(slash + 1)];
  const { text, value } = await whileFresh(source, createdAt, () =>
    source.ask((client, access) => client.endpoint(access, serviceId, name)),
  );
  yield await documentFile(source, "endpoint", ["endpoint.json"], text);
  if (value.ApiLocation === "") return;
  yield await documentOrMissing(source, "swagger", ["swagger.json"], () =>
    source.ask((client) => client.swagger(value.ApiLocation)),
  );
}

/** The definition by the run that a service was made of, or by the experiment itself where the run is gone. */
async function definition({ ask }: Source, experimentId: string): Promise<string> {
  const read = (id: string) =>
    ask((client, access) => client.experimentPart(access, id, "webservicedefinition"));
  const [owner, , hex] = experimentId.split(".");
  return (await orNull(() => read(experimentId))) ?? read(`${owner}.f-id.${hex}`);
}

/** The experiment that an address of the Studio API names last; null for any other text. */
function experimentIn(location: string): string | null {
  const id = /\/experiments\/([^/?#]+)\/?$/.exec(location)?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}

const FRESH_MS = 2 * 60_000;
const LOOK_AGAIN_MS = 10_000;

/**
 * What `call` gives. The service turned away calls to what was published seconds ago
 * (https://github.com/RevolutionAnalytics/AzureML, vignette): that passes, and is no denial.
 */
export async function whileFresh<T>(
  { clock }: Pick<Source, "clock">,
  createdAt: string | null,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const ageMs = Date.parse(clock.now()) - Date.parse(createdAt ?? "");
    if (!isCode(error, "workspace-denied") || !(ageMs < FRESH_MS)) throw error;
    const message = "The web service was published a moment ago and cannot be read yet";
    throw new AppError("source-unavailable", message, { retryAfterMs: LOOK_AGAIN_MS });
  }
}
