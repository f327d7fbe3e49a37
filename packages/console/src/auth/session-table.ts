/**
 * Who is logged in. A session is an opaque random id in the browser and its digest here: what leaks from one side is of no
 * use on the other. What is worth keeping over a restart is given to a store at every login and end, and now and then
 * while a session is used. Takes the time as argument.
 */

import { digestOf, randomSecret } from './secrets.ts';

export const sessionIdleMs: number = 12 * 3_600_000;
export const sessionMaxMs: number = 7 * 24 * 3_600_000;
export const maxSessions = 200;
/** How far back the last use of a session may jump when the console is killed. */
const touchIntervalMs = 60_000;

export interface Session {
  /** Short public name for audit entries; not the secret. */
  readonly label: string;
  readonly createdAt: number;
  seenAt: number;
  /** Called once when the session ends. */
  readonly onEnd: Set<() => void>;
}

/** A session as it is kept: the digest of its secret, and its times in milliseconds since 1970. */
export interface SavedSession {
  readonly digest: string;
  readonly createdAt: number;
  readonly seenAt: number;
}

/** Where sessions outlive the console. Deals with its own failures. */
export interface SessionStore {
  readonly saved: readonly SavedSession[];
  /** `why` it is saved: after `ended`, what was kept before must not be found again. */
  save(sessions: readonly SavedSession[], why: 'opened' | 'ended' | 'used'): void;
}

export class SessionTable {
  readonly #sessions = new Map<string, Session>();
  readonly #store: SessionStore | undefined;
  #savedAt = 0;

  constructor(store?: SessionStore) {
    this.#store = store;
    for (const { digest, createdAt, seenAt } of store?.saved ?? []) {
      this.#sessions.set(digest, { label: digest.slice(0, 8), createdAt, seenAt, onEnd: new Set() });
    }
  }

  /** A new session and the secret that the browser keeps. Over the limit the one unseen for longest ends. */
  open(now: number): { secret: string; session: Session } {
    this.expire(now);
    if (this.#sessions.size >= maxSessions) this.#endOldest();
    const secret = randomSecret();
    const key = digestOf(secret).toString('hex');
    const session: Session = { label: key.slice(0, 8), createdAt: now, seenAt: now, onEnd: new Set() };
    this.#sessions.set(key, session);
    this.#save('opened', now);
    return { secret, session };
  }

  /** The session of that secret, when it is neither idle for too long nor too old. Counts as use. */
  find(secret: string, now: number): Session | undefined {
    this.expire(now);
    // A look-up by digest: what its timing may tell is of no help in finding the secret.
    const session = this.#sessions.get(digestOf(secret).toString('hex'));
    if (session !== undefined) this.touch(session, now);
    return session;
  }

  has(session: Session): boolean {
    return [...this.#sessions.values()].includes(session);
  }

  /** Counts as use. */
  touch(session: Session, now: number): void {
    session.seenAt = now;
    if (now - this.#savedAt >= touchIntervalMs) this.#save('used', now);
  }

  /** Ends the session of that secret. `false` when there is none. */
  end(secret: string, now: number): boolean {
    const isEnded = this.#endKey(digestOf(secret).toString('hex'));
    if (isEnded) this.#save('ended', now);
    return isEnded;
  }

  /** Ends what has expired. */
  expire(now: number): void {
    let ended = 0;
    for (const [key, { createdAt, seenAt }] of this.#sessions) {
      const isOver = now - seenAt > sessionIdleMs || now - createdAt > sessionMaxMs;
      if (isOver && this.#endKey(key)) ended += 1;
    }
    if (ended > 0) this.#save('ended', now);
  }

  /** Keeps the times of last use too, before the console ends. */
  flush(now: number): void {
    this.#save('used', now);
  }

  #save(why: 'opened' | 'ended' | 'used', now: number): void {
    this.#savedAt = now;
    const sessions = Array.from(this.#sessions, ([digest, { createdAt, seenAt }]) => ({
      digest,
      createdAt,
      seenAt,
    }));
    this.#store?.save(sessions, why);
  }

  #endKey(key: string): boolean {
    const session = this.#sessions.get(key);
    if (session === undefined) return false;
    this.#sessions.delete(key);
    for (const tell of session.onEnd) tell();
    session.onEnd.clear();
    return true;
  }

  #endOldest(): void {
    const [oldest] = [...this.#sessions].sort(([, a], [, b]) => a.seenAt - b.seenAt);
    if (oldest !== undefined) this.#endKey(oldest[0]);
  }
}
