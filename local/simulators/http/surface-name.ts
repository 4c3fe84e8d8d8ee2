/** The HTTP surfaces of the simulators, each on a port of its own. */
export const SURFACE_NAMES = [
  "studio",
  "management",
  "storage",
  "arm",
  "entra",
  "vault",
  "identity",
  "execution",
  "control",
] as const;

/** One of `SURFACE_NAMES`. */
export type SurfaceName = (typeof SURFACE_NAMES)[number];
