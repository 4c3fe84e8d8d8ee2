import { AppError } from "../errors.ts";

const NAME = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;
const MAX_NAME_LENGTH = 1024;

/**
 * The name, if it is one of ours: letters, digits, `-`, `.`, `_` in segments parted by `/`, at most 1,024
 * characters. Throws `internal` for any other, and for a segment `.` or `..`: the blob client resolves
 * those as an address and would reach into another container.
 */
export function blobName(name: string): string {
  const isDotted = name.split("/").some((segment) => segment === "." || segment === "..");
  if (name.length > MAX_NAME_LENGTH || !NAME.test(name) || isDotted) {
    throw new AppError("internal", "The name of a blob has characters that are not allowed");
  }
  return name;
}

/** The name of the container of a request. Throws `internal` for an id that is not 32 hex digits. */
export function containerName(requestId: string): string {
  if (!/^[0-9a-f]{32}$/.test(requestId)) {
    throw new AppError("internal", "The id of a request must be 32 hex digits");
  }
  return `export-${requestId}`;
}
