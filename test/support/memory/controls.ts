import { DEFAULT_CONTROLS } from "../../../shared/core/controls.ts";
import type { Controls } from "../../../shared/pipeline/ports.ts";

/** The controls in memory. */
export function memoryControls(): Controls {
  let set = DEFAULT_CONTROLS;
  const hours = new Map<string, number>();
  const spentIn = (hour: string) => hours.get(hour) ?? 0;
  return {
    read: async () => structuredClone(set),
    write: async (controls) => {
      set = structuredClone(controls);
    },
    spent: async (hour) => spentIn(hour),
    spend: async (hour, cap) => {
      if (spentIn(hour) >= cap) return false;
      hours.set(hour, spentIn(hour) + 1);
      return true;
    },
  };
}
