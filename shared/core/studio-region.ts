import { AppError } from "../errors.ts";

/** A region of Studio (classic): a name without blanks, in lower case, and the origin of its Studio API. */
export type StudioRegion = { readonly name: string; readonly studioUrl: string };

/** Where a caller says that a workspace is: the name of a region, or the address of its Studio. */
export type StudioPlace = {
  readonly region?: string | undefined;
  readonly studioUrl?: string | undefined;
};

/**
 * The origin of the Studio API at that place: always one of the configured regions, because a token is sent
 * there. A region is named by its display name ("South Central US") or its Azure location (`southcentralus`);
 * an address may be that of Studio's own pages too, which are at `studio.` where the API is at `studioapi.`.
 * Throws `validation-failed`, which names the regions and does not repeat what was sent.
 */
export function studioUrlAt(regions: readonly StudioRegion[], place: StudioPlace): string {
  const found =
    place.region === undefined
      ? byAddress(regions, place.studioUrl ?? "")
      : byName(regions, place.region);
  if (found !== undefined) return found.studioUrl;
  const known = regions.map(({ name }) => name).join(", ");
  throw new AppError("validation-failed", "There is no such Studio region", {
    findings: [
      place.region === undefined
        ? { pointer: "/studioUrl", detail: `must be the address of Studio in one of: ${known}` }
        : { pointer: "/region", detail: `must be one of: ${known}` },
    ],
  });
}

function byName(regions: readonly StudioRegion[], text: string): StudioRegion | undefined {
  const wanted = text.toLowerCase().replaceAll(/\s/g, "");
  return regions.find(({ name }) => name === wanted);
}

function byAddress(regions: readonly StudioRegion[], text: string): StudioRegion | undefined {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  const asApi = url.origin.replace(/(\/\/|\.)studio\./, "$1studioapi.");
  return regions.find(({ studioUrl }) => studioUrl === url.origin || studioUrl === asApi);
}
