import type { Ledger } from "../../../shared/pipeline/ports.ts";
import type { Rewiring } from "../simulation/variant.ts";

/** The ledger with some of its methods replaced. */
export function withLedger(change: (ledger: Ledger) => Partial<Ledger>): Rewiring {
  return () => (stage) => {
    const ledger = stage.ledger;
    return { ...stage, ledger: { ...methodsOf(ledger), ...change(ledger) } };
  };
}

/** Its methods, each of which can be replaced. */
export function methodsOf(ledger: Ledger): Ledger {
  return {
    create: (change) => ledger.create(change),
    load: (requestId) => ledger.load(requestId),
    save: (change, version) => ledger.save(change, version),
    owed: (requestId) => ledger.owed(requestId),
    paid: (requestId, keys) => ledger.paid(requestId, keys),
    history: (requestId) => ledger.history(requestId),
  };
}
