/**
 * What is known of a run from outside the app: what its clients asked and were told, what the sources of people's data
 * noted by themselves, what was published and what is stored at the end. Plain data, whoever gathered it. Instants are
 * ISO 8601 in UTC with milliseconds, so that they compare as texts, all by one clock.
 */
export type Evidence = {
  readonly collectedAt: string;
  readonly submissions: readonly Submission[];
  readonly approvals: readonly Approval[];
  readonly bars: readonly Bar[];
  readonly requests: readonly FinalRequest[];
  readonly source: Source;
  readonly packages: readonly Package[];
  readonly receipts: readonly Receipt[];
  readonly events: readonly PublishedEvent[];
  readonly purges: readonly Purge[];
  readonly deadLetters: readonly DeadLetter[];
  /** Ids of the messages that were put there to be refused. */
  readonly plantedMessages: readonly string[];
};

/**
 * One thing of a person in a source, by a name of the collector's choice. It is the same wherever evidence speaks of
 * that thing, and another for one that was made anew under an old name.
 */
export type Thing = string;

/** What a client was told: `unknown` is an answer that never came, so that it may have happened or not. */
export type Answer = "ok" | "refused" | "unknown";

/** What somebody wanted, once, however often they had to ask for it by the same key. */
export type Submission = {
  /** The key of the submission; its request carries it too. */
  readonly key: string;
  readonly asker: string;
  readonly kind: "export" | "delete";
  readonly exportFirst: boolean;
  /** How many people, other than its asker, have to approve a deletion. */
  readonly approvalsNeeded: number;
  /** What its package has to hold or to name as missing; null where the evidence cannot say. */
  readonly things: readonly Thing[] | null;
  /** The states in which it may end. */
  readonly mayEndAs: readonly string[];
  readonly tries: readonly SubmissionTry[];
};

/** `requestId` is null where none was told, as by a queue. */
export type SubmissionTry = {
  readonly at: string;
  readonly answer: Answer;
  readonly requestId: string | null;
};

/** An approval of a plan that the approver had read; `covers` is all that goes by that plan. */
export type Approval = {
  readonly requestId: string;
  readonly approver: string;
  /** When it was sent. */
  readonly at: string;
  readonly answer: Answer;
  readonly planHash: string;
  readonly covers: readonly Thing[];
};

/**
 * A time in which a request may make no call that deletes, as its clients were told; `until` is null for good. `replanned`
 * is the time from which a new plan was seen until that was approved.
 */
export type Bar = {
  readonly requestId: string;
  readonly why: "cancelled" | "refused" | "held" | "replanned";
  readonly from: string;
  readonly until: string | null;
};

/** A request as it is when the evidence is gathered. */
export type FinalRequest = {
  readonly requestId: string;
  /** The key of its submission; null when it carries none. */
  readonly key: string | null;
  readonly kind: string;
  readonly exportFirst: boolean;
  readonly state: string;
  readonly failureCode: string | null;
  readonly sealedAt: string | null;
  readonly finishedAt: string | null;
  readonly purgeAt: string | null;
};

/** What the sources know by themselves. */
export type Source = {
  /** Everything that was ever there, from which instant on, with the digest of its content where it has one. */
  readonly before: readonly SourceThing[];
  /** What is still there at the end. */
  readonly after: readonly Thing[];
  readonly deletions: readonly Deletion[];
};
export type SourceThing = {
  readonly thing: Thing;
  readonly since: string;
  readonly sha256: string | null;
};

/** One call that asked a source to delete: what it named, and what goes along with that. */
export type Deletion = {
  readonly at: string;
  readonly things: readonly Thing[];
  /** Whether this very call made something go. */
  readonly isEffective: boolean;
};

/** A sealed package as it is stored. */
export type Package = {
  readonly requestId: string;
  /** What is wrong with it by its own manifests; none when it is whole. */
  readonly problems: readonly string[];
  readonly holds: readonly PackagedThing[];
  /** What it names as missing, in whole or in part. */
  readonly exceptions: readonly Thing[];
};

/** `sha256` of the content of a thing that has one; null where it has none or was redacted. */
export type PackagedThing = { readonly thing: Thing; readonly sha256: string | null };

/** A receipt as it is stored; `problems` tell of its signature and form. */
export type Receipt = {
  readonly requestId: string;
  readonly problems: readonly string[];
  readonly state: string;
  readonly outcomes: readonly { readonly thing: Thing; readonly outcome: string }[];
};

/** One delivery of an event. `tells` is what happened: a state, or something else. */
export type PublishedEvent = {
  readonly id: string;
  readonly requestId: string;
  readonly sequence: number;
  readonly tells: string;
};

/** A package that was seen to be gone, or was told to be, at that instant. */
export type Purge = { readonly requestId: string; readonly at: string };

/** A message that a broker has put aside. */
export type DeadLetter = {
  readonly queue: string;
  readonly messageId: string;
  readonly reason: string;
};
