/**
 * The sessions of logged-in browsers. The browser has an opaque random id, the console only its digest, so that a leak of
 * one side is useless on the other. Sessions are saved to a store at every login and logout, and now and then while they
 * are used. The current time is passed in.
 */

import type { SavedSession } from '../store/store.ts';
import { digestOf, randomSecret } from './secrets.ts';

/** Time after which an unused session ends. */
export const sessionIdleMs: number = 12 * 3_600_000;
/** Maximum lifetime of a session. */
export const sessionMaxMs: number = 7 * 24 * 3_600_000;
/** Maximum number of sessions. */
export const maxSessions = 200;
/** Interval for saving the time of last use; this much may be lost if the console is killed. */
const touchIntervalMs = 60_000;

/** A session of a logged-in browser. */
export interface Session {
  /** Short public name for audit entries. */
  readonly label: string;
  readonly createdAt: number;
  seenAt: number;
  /** Called once when the session ends. */
  readonly onEnd: Set<() => void>;
}

/** A change of the sessions. */
export interface SessionChange {
  /** Sessions that are new, or that were used. */
  readonly current: readonly SavedSession[];
  /** Digests of sessions that have ended. */
  readonly ended: readonly string[];
}

/** Saves sessions beyond the life of the console. */
export interface SessionStore {
  readonly saved: readonly SavedSession[];
  /**
   * Saves a change; changes are saved in order. Resolves when that is done, and never rejects: the store handles its own
   * failures. An ended session must not be restored even if saving fails.
   */
  save(change: SessionChange): Promise<void>;
}

/** The sessions of logged-in browsers. */
export class SessionTable {
  readonly #sessions = new Map<string, Session>();
  readonly #store: SessionStore | undefined;
  #savedAt = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(store?: SessionStore) {
    this.#store = store;
    for (const { digest, createdAt, seenAt } of store?.saved ?? []) {
      this.#sessions.set(digest, { label: digest.slice(0, 8), createdAt, seenAt, onEnd: new Set() });
    }
  }

  /** Opens a session and returns it with the secret for the browser. At the limit, the least recently used session ends. */
  open(now: number): { secret: string; session: Session } {
    this.expire(now);
    const ended = this.#sessions.size >= maxSessions ? this.#endOldest() : [];
    const secret = randomSecret();
    const key = digestOf(secret).toString('hex');
    const session: Session = { label: key.slice(0, 8), createdAt: now, seenAt: now, onEnd: new Set() };
    this.#sessions.set(key, session);
    this.#save({ current: [{ digest: key, createdAt: now, seenAt: now }], ended });
    return { secret, session };
  }

  /** The session of a secret, unless it has expired. Counts as use. */
  find(secret: string, now: number): Session | undefined {
    this.expire(now);
    // The timing of a lookup by digest reveals nothing about the secret.
    const session = this.#sessions.get(digestOf(secret).toString('hex'));
    if (session !== undefined) this.touch(session, now);
    return session;
  }

  /** Whether the session is still open. */
  has(session: Session): boolean {
    return [...this.#sessions.values()].includes(session);
  }

  /** Records a use of the session. */
  touch(session: Session, now: number): void {
    session.seenAt = now;
    if (now - this.#savedAt >= touchIntervalMs) this.#saveTimes(now);
  }

  /** Ends the session of a secret. Returns `false` if there is none. */
  end(secret: string): boolean {
    const key = digestOf(secret).toString('hex');
    const isEnded = this.#endKey(key);
    if (isEnded) this.#save({ current: [], ended: [key] });
    return isEnded;
  }

  /** Ends all expired sessions. */
  expire(now: number): void {
    const ended: string[] = [];
    for (const [key, { createdAt, seenAt }] of this.#sessions) {
      const isOver = now - seenAt > sessionIdleMs || now - createdAt > sessionMaxMs;
      if (isOver && this.#endKey(key)) ended.push(key);
    }
    if (ended.length > 0) this.#save({ current: [], ended });
  }

  /** Resolves when every change so far has been saved, as far as that is possible. */
  get saved(): Promise<void> {
    return this.#saving;
  }

  /** Saves the times of last use, before the console ends. */
  flush(now: number): Promise<void> {
    this.#saveTimes(now);
    return this.saved;
  }

  #saveTimes(now: number): void {
    this.#savedAt = now;
    const current = Array.from(this.#sessions, ([digest, { createdAt, seenAt }]) => ({
      digest,
      createdAt,
      seenAt,
    }));
    this.#save({ current, ended: [] });
  }

  #save(change: SessionChange): void {
    if (this.#store !== undefined) this.#saving = this.#store.save(change);
  }

  #endKey(key: string): boolean {
    const session = this.#sessions.get(key);
    if (session === undefined) return false;
    this.#sessions.delete(key);
    for (const listener of session.onEnd) listener();
    session.onEnd.clear();
    return true;
  }

  /** Ends the least recently used session, and returns its digest. */
  #endOldest(): string[] {
    const [oldest] = [...this.#sessions].sort(([, a], [, b]) => a.seenAt - b.seenAt);
    if (oldest === undefined) return [];
    this.#endKey(oldest[0]);
    return [oldest[0]];
  }
}
