/** How a message is settled. */
export type Outcome = "complete" | "abandon";

/** Runs a settlement in a turn of the event loop in which nothing of this queue is settled otherwise. */
export type TurnQueue = <T>(outcome: Outcome, settle: () => Promise<T>) => Promise<T>;

/** A turn to come: whoever settles alike may still join it until it begins. */
type Turn = { readonly outcome: Outcome; readonly begins: Promise<void>; isOpen: boolean };

/**
 * Gives each outcome turns of the event loop of its own. Settlements of one turn share an AMQP frame, in
 * which the client merges a completion and an abandonment of neighbouring messages into one outcome;
 * those that are alike may share it, which spares the broker a commit for each. Use one queue per
 * connection.
 */
export function createTurnQueue(): TurnQueue {
  let last: Turn | undefined;
  return async (outcome, settle) => {
    if (last === undefined || !last.isOpen || last.outcome !== outcome) {
      last = turnAfter(last, outcome);
    }
    await last.begins;
    return settle();
  };
}

function turnAfter(previous: Turn | undefined, outcome: Outcome): Turn {
  const begin = async () => {
    await previous?.begins;
    await new Promise((resolve) => setImmediate(resolve));
    turn.isOpen = false;
  };
  const turn: Turn = { outcome, begins: begin(), isOpen: true };
  return turn;
}
