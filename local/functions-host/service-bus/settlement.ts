/** Runs an action in a turn of the event loop in which no other one of this queue starts. */
export type TurnQueue = <T>(action: () => Promise<T>) => Promise<T>;

/**
 * Spreads actions over turns of the event loop. Settlements of one turn share an AMQP frame, in which
 * the client merges a completion and a dead-lettering of neighbouring messages into one outcome;
 * apart from each other, each keeps its own. Use one queue per connection.
 */
export function createTurnQueue(): TurnQueue {
  let last = Promise.resolve();
  return async (action) => {
    last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
    await last;
    return action();
  };
}
