/**
 * The phases in which assets are deleted, each a barrier: consumers before what they consume. A web service
 * outlives its experiment, and an experiment whose data set is gone is left with a dangling id.
 */
export const PHASES = {
  armWebServices: 1,
  endpoints: 2,
  webServices: 3,
  projects: 4,
  experiments: 5,
  models: 6,
  datasets: 7,
  gateways: 8,
  // Neither consumes the other.
  users: 8,
  workspace: 9,
} as const;
