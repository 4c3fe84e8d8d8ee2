import { fileURLToPath } from "node:url";
import type { ChildSpec } from "../../../local/stack/child-process.ts";

/** Runs `fake-child.ts` with flags; ready with the line it says when that starts with READY. */
export function fakeChild(flags: ChildSpec<string>["flags"]): ChildSpec<string> {
  return {
    name: "fake",
    script: fileURLToPath(new URL("fake-child.ts", import.meta.url)),
    flags,
    readiness: { by: "line", read: (line) => (line.startsWith("READY") ? line : undefined) },
    readyWithinMs: 10_000,
    graceMs: 200,
  };
}
