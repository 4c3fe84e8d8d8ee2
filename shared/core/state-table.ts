import { COMMANDS, type CommandKind } from "./command.ts";
import {
  approve,
  approveAgain,
  begin,
  complete,
  giveUpLook,
  hold,
  lookAgain,
  lookedAgain,
  release,
} from "./deletion-rules.ts";
import { awaitIdentity, confirmIdentity, extend, purge } from "./note-rules.ts";
import { receipted } from "./receipt-step.ts";
import type { State } from "./request.ts";
import {
  block,
  cancel,
  fail,
  goOn,
  plan,
  planned,
  type Rule,
  refuse,
  retry,
  seal,
  settle,
  unblock,
} from "./rules.ts";
import { zip, zipped } from "./zip-rules.ts";

/**
 * The state machine as a table: state x command. `same` is a duplicate, or a worker that comes too late:
 * nothing is decided. `deny` is what a person may not ask in that state. The compiler wants every cell.
 */
type Cell<K extends CommandKind> = "same" | "deny" | Rule<K>;
type RowOf<T extends readonly CommandKind[]> = { readonly [I in keyof T]: Cell<T[I]> };
type Row = RowOf<typeof COMMANDS>;

const same = "same";
const deny = "deny";

// biome-ignore format: the table is read by columns
const TABLE: Record<State, Row> = {
  //                    plan  planned  approve  start  settle  block  unblock  verify     seal  complete  fail  cancel  refuse  retry  hold  release  extend  await          confirm          purge  zip   zipped  receipted
  accepted:            [plan, same,    deny,    same,  same,   block, same,    same,      same, same,     fail, cancel, refuse, retry, hold, release, extend, awaitIdentity, confirmIdentity, same, same, same, same],
  planning:            [plan, planned, deny,    same,  same,   block, same,    same,      same, same,     fail, cancel, refuse, retry, hold, release, extend, awaitIdentity, confirmIdentity, same, zip, zipped, same],
  "awaiting-approval": [plan, same,    approve, same,  same,   block, same,    same,      same, same,     fail, cancel, refuse, same,  hold, release, extend, awaitIdentity, confirmIdentity, same, zip, zipped, same],
  scheduled:           [plan, same,    approveAgain, begin, same,   block, same,    same,      same, same,     fail, cancel, refuse, retry, hold, release, extend, awaitIdentity, confirmIdentity, same, zip, zipped, same],
  running:             [same, same,    deny,    goOn,  settle, block, same,    same,      same, same,     fail, cancel, deny,   retry, hold, release, extend, deny,          confirmIdentity, same, zip, zipped, same],
  verifying:           [same, same,    deny,    same,  same,   block, same,    lookAgain, same, complete, fail, cancel, deny,   retry, hold, release, extend, deny,          confirmIdentity, same, zip, zipped, same],
  sealing:             [same, same,    deny,    same,  same,   block, same,    same,      seal, same,     fail, cancel, deny,   retry, hold, release, extend, deny,          confirmIdentity, same, zip, zipped, same],
  blocked:             [same, same,    deny,    same,  same,   block, unblock, same,      same, same,     fail, cancel, refuse, same,  hold, release, extend, awaitIdentity, confirmIdentity, same, zip, zipped, same],
  completed:           [same, same,    deny,    same,  same,   same,  same,    lookedAgain, same, same,   giveUpLook, deny, deny, retry,  deny, release, deny,   deny,          same,            purge, zip, zipped, receipted],
  "completed-with-exceptions":
                       [same, same,    deny,    same,  same,   same,  same,    lookedAgain, same, same,   giveUpLook, deny, deny, retry,  deny, release, deny,   deny,          same,            purge, zip, zipped, receipted],
  failed:              [same, same,    deny,    same,  same,   same,  same,    same,      same, same,     same, deny,   deny,   same,  deny, release, deny,   deny,          same,            purge, zip, zipped, receipted],
  cancelled:           [same, same,    deny,    same,  same,   same,  same,    same,      same, same,     same, same,   deny,   same,  deny, release, deny,   deny,          same,            purge, zip, zipped, receipted],
  refused:             [same, same,    deny,    same,  same,   same,  same,    same,      same, same,     same, deny,   same,   same,  deny, release, deny,   deny,          same,            purge, zip, zipped, receipted],
};

/** The cell of the table for that state and command. */
export function cellOf<K extends CommandKind>(state: State, kind: K): Cell<K> {
  // The tuple type ties each index to its command; the index is looked up, so the compiler cannot see it.
  return TABLE[state][COMMANDS.indexOf(kind)] as Cell<K>;
}
