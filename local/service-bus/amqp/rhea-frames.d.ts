/** The frame constructors of rhea, which its typings do not publish. */
declare module "rhea/lib/frames.js" {
  import type { Typed } from "rhea";

  /** A performative ready to be written; opaque to everybody but rhea. */
  export type Performative = { readonly [performative]: true };
  const performative: unique symbol;

  const frames: {
    disposition(fields: {
      role: boolean;
      first: number;
      last: number;
      settled: boolean;
      state: Typed;
    }): Performative;
    flow(fields: {
      next_incoming_id: number;
      incoming_window: number;
      next_outgoing_id: number;
      outgoing_window: number;
      handle: number;
      delivery_count: number;
      link_credit: number;
      drain: boolean;
    }): Performative;
  };
  export default frames;
}
