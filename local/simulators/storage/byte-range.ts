import type { ByteRange } from "../estate/content.ts";

/** What a `Range` header asks of a body of known size. */
export type RangeAnswer =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly range: ByteRange }
  | { readonly kind: "unsatisfiable" };

/**
 * Reads a single `bytes=` range (RFC 9110, section 14). Several ranges, other units and malformed ones
 * are ignored, which the RFC allows: the whole body is the answer then.
 */
export function readRange(header: string | undefined, sizeBytes: number): RangeAnswer {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  const [, from = "", to = ""] = match ?? [];
  if (from === "" && to === "") return { kind: "whole" };
  if (from === "") {
    const lengthBytes = Number(to);
    if (lengthBytes === 0 || sizeBytes === 0) return { kind: "unsatisfiable" };
    return part(Math.max(0, sizeBytes - lengthBytes), sizeBytes - 1);
  }
  const first = Number(from);
  if (to !== "" && Number(to) < first) return { kind: "whole" };
  if (first >= sizeBytes) return { kind: "unsatisfiable" };
  return part(first, to === "" ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1));
}

function part(first: number, last: number): RangeAnswer {
  return { kind: "part", range: { first, last } };
}
