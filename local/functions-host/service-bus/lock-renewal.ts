/** The lock of one message in work. */
export interface MessageLock {
  /** When the lock ends unless it is renewed. */
  readonly lockedUntil: Date;
  /** Prolongs the lock and gives its new end. */
  renew(): Promise<Date>;
}

/**
 * Renews a lock at half of its remaining time, until the returned function is called or `maxMs` have
 * passed. A failed renewal is tried again each second while the lock lives; `onLost` is called
 * once when it is over. The client's own renewal is keyed by message id, so that two messages with one id
 * end each other's renewal; this one belongs to the lock.
 */
export function keepLocked(lock: MessageLock, maxMs: number, onLost: () => void): () => void {
  const giveUpAt = Date.now() + maxMs;
  let { lockedUntil } = lock;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const renewThenWait = async () => {
    try {
      lockedUntil = await lock.renew();
      wait((lockedUntil.getTime() - Date.now()) / 2);
    } catch {
      wait(retryDelayMs);
    }
  };
  const wait = (delayMs: number) => {
    if (isStopped) {
      return;
    }
    const now = Date.now();
    if (now >= lockedUntil.getTime()) {
      onLost();
    } else if (now < giveUpAt) {
      timer = setTimeout(() => void renewThenWait(), Math.max(shortestDelayMs, delayMs));
    }
  };

  wait((lockedUntil.getTime() - Date.now()) / 2);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

const retryDelayMs = 1000;

/** Keeps a wrong clock from making a busy loop. */
const shortestDelayMs = 100;
