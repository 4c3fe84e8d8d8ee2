import type { Task } from "./scheduler.ts";
import type { SimulatedStage, World } from "./world.ts";

/** What a broken variant makes of the ports that a task is given; it is made anew for each simulation. */
export type Rewiring = (world: World) => (stage: SimulatedStage, task: Task) => SimulatedStage;

/** A broken variant of the app. */
export type Variant = {
  readonly rewire?: Rewiring;
  /** Whether blobs are written without `If-None-Match`. */
  readonly overwrites?: boolean;
};
