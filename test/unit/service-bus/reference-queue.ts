import { SECOND } from "./queue-fixture.ts";

type Entry = {
  number: number;
  messageId: string;
  state: "active" | "locked" | "deferred" | "scheduled";
  deliveryCount: number;
  timeToLiveMs: number;
  expiresAt: number;
  dueAt: number;
  lock: number | undefined;
  lockedUntil: number;
  from: "active" | "deferred";
};

type Settings = {
  lockDurationMs: number;
  maxDeliveryCount: number;
  defaultTimeToLiveMs: number;
  duplicateWindowMs: number;
};

type Step = { kind: string } & Partial<{
  messageId: string;
  timeToLive: number | undefined;
  delay: number | undefined;
  age: number;
  sequenceNumber: number;
  duration: number;
}>;

/**
 * What a queue promises, written as plainly as can be: a list that is searched from the front, and a
 * look at every entry whenever time has passed. No order of work, no index, no laziness to get wrong.
 */
export class ReferenceQueue {
  readonly #settings: Settings;
  #now = 0;
  #entries: Entry[] = [];
  #deadLetters: [messageId: string, reason: string][] = [];
  #recent: { messageId: string; until: number }[] = [];
  #lastNumber = 0;
  #lockCount = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  contents(): unknown {
    return {
      queue: this.#entries.map((each) => [
        each.number,
        each.messageId,
        each.state,
        each.deliveryCount,
      ]),
      deadLetters: this.#deadLetters,
    };
  }

  perform(step: Step): unknown {
    switch (step.kind) {
      case "send":
        return [this.#send(step)];
      case "lock":
        return this.#lock(this.#entries.find(({ state }) => state === "active"));
      case "receive deferred": {
        const entry = this.#numbered(step.sequenceNumber, "deferred");
        return entry === undefined ? "message-not-found" : this.#lock(entry);
      }
      case "cancel": {
        const entry = this.#numbered(step.sequenceNumber, "scheduled");
        return entry === undefined ? "message-not-found" : this.#remove(entry);
      }
      case "wait":
        return this.#wait((step.duration ?? 0) * SECOND);
      case "restart":
        for (const entry of this.#entries.filter(({ state }) => state === "locked")) {
          this.#unlock(entry);
        }
        return this.#passTime();
      default:
        return this.#settle(step.kind, this.#lockCount - 1 - (step.age ?? 0));
    }
  }

  #send({ messageId = "", timeToLive, delay }: Step): number {
    this.#lastNumber += 1;
    this.#recent = this.#recent.filter(({ until }) => until > this.#now);
    if (this.#recent.some((each) => each.messageId === messageId)) {
      return this.#lastNumber;
    }
    this.#recent.push({ messageId, until: this.#now + this.#settings.duplicateWindowMs });
    const timeToLiveMs = Math.min(
      (timeToLive ?? Infinity) * SECOND,
      this.#settings.defaultTimeToLiveMs,
    );
    this.#entries.push({
      number: this.#lastNumber,
      messageId,
      state: delay === undefined ? "active" : "scheduled",
      deliveryCount: 0,
      timeToLiveMs,
      expiresAt: delay === undefined ? this.#now + timeToLiveMs : Infinity,
      dueAt: this.#now + (delay ?? 0) * SECOND,
      lock: undefined,
      lockedUntil: 0,
      from: "active",
    });
    return this.#lastNumber;
  }

  #lock(entry: Entry | undefined): string | undefined {
    if (entry === undefined) {
      return undefined;
    }
    const from = entry.state === "deferred" ? "deferred" : "active";
    const lockedUntil = this.#now + this.#settings.lockDurationMs;
    Object.assign(entry, { state: "locked", from, lock: this.#lockCount, lockedUntil });
    this.#lockCount += 1;
    return entry.messageId;
  }

  #settle(kind: string, lock: number): string | undefined {
    const entry = this.#entries.find((each) => each.lock === lock);
    if (entry === undefined) {
      return "message-lock-lost";
    }
    if (kind === "complete") {
      this.#remove(entry);
    } else if (kind === "dead-letter") {
      this.#giveUp(entry, "asked");
    } else if (kind === "renew") {
      entry.lockedUntil = this.#now + this.#settings.lockDurationMs;
    } else if (kind === "abandon") {
      this.#fail(entry);
    } else {
      this.#unlock(entry);
      entry.state = kind === "defer" ? "deferred" : entry.state;
    }
    this.#passTime();
    return undefined;
  }

  #wait(ms: number): undefined {
    this.#now += ms;
    this.#passTime();
  }

  /** Lets happen what is due, the earliest first. */
  #passTime(): undefined {
    for (;;) {
      const [due] = this.#entries
        .filter((each) => dueAt(each) <= this.#now)
        .sort((a, b) => dueAt(a) - dueAt(b) || a.number - b.number);
      if (due === undefined) {
        return;
      }
      if (due.state === "locked") {
        this.#fail(due);
      } else if (due.state === "scheduled") {
        this.#activate(due);
      } else {
        this.#giveUp(due, "TTLExpiredException");
      }
    }
  }

  #activate(entry: Entry): void {
    this.#remove(entry);
    this.#lastNumber += 1;
    this.#entries.push({
      ...entry,
      number: this.#lastNumber,
      state: "active",
      expiresAt: this.#now + entry.timeToLiveMs,
    });
  }

  #fail(entry: Entry): void {
    entry.deliveryCount += 1;
    if (entry.deliveryCount >= this.#settings.maxDeliveryCount) {
      this.#giveUp(entry, "MaxDeliveryCountExceeded");
    } else {
      this.#unlock(entry);
    }
  }

  #unlock(entry: Entry): void {
    Object.assign(entry, { state: entry.from, lock: undefined });
  }

  #giveUp(entry: Entry, reason: string): void {
    this.#remove(entry);
    this.#deadLetters.push([entry.messageId, reason]);
  }

  #numbered(number: number | undefined, state: Entry["state"]): Entry | undefined {
    return this.#entries.find((each) => each.number === number && each.state === state);
  }

  #remove(entry: Entry): undefined {
    this.#entries = this.#entries.filter((each) => each !== entry);
  }
}

function dueAt({ state, lockedUntil, dueAt: scheduledAt, expiresAt }: Entry): number {
  if (state === "locked") {
    return lockedUntil;
  }
  return state === "scheduled" ? scheduledAt : expiresAt;
}
