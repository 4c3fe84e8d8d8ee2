import type { Message, RestingState } from "../model/message.ts";

/** The state to put on record: that of a locked message is the one it falls back to. */
export function restingState(state: Message["state"]): RestingState {
  return state.kind === "locked" ? { kind: state.from.kind } : state;
}
