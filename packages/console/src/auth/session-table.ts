/**
 * Who is logged in. A session is an opaque random id in the browser and its digest here, in memory: what leaks from one
 * side is of no use on the other, and a restart logs everybody out. Takes the time as argument; pure but for randomness.
 */

import { digestOf, randomSecret } from './secrets.ts';

export const sessionIdleMs: number = 12 * 3_600_000;
export const sessionMaxMs: number = 7 * 24 * 3_600_000;
const maxSessions = 200;

export interface Session {
  /** Short public name for audit entries; not the secret. */
  readonly label: string;
  readonly createdAt: number;
  seenAt: number;
  /** Called once when the session ends. */
  readonly onEnd: Set<() => void>;
}

export class SessionTable {
  readonly #sessions = new Map<string, Session>();

  /** A new session and the secret that the browser keeps. Over the limit the one unseen for longest ends. */
  open(now: number): { secret: string; session: Session } {
    this.expire(now);
    if (this.#sessions.size >= maxSessions) this.#endOldest();
    const secret = randomSecret();
    const key = digestOf(secret).toString('hex');
    const session: Session = { label: key.slice(0, 8), createdAt: now, seenAt: now, onEnd: new Set() };
    this.#sessions.set(key, session);
    return { secret, session };
  }

  /** The session of that secret, when it is neither idle for too long nor too old. Counts as use. */
  find(secret: string, now: number): Session | undefined {
    this.expire(now);
    // A look-up by digest: what its timing may tell is of no help in finding the secret.
    const session = this.#sessions.get(digestOf(secret).toString('hex'));
    if (session !== undefined) session.seenAt = now;
    return session;
  }

  has(session: Session): boolean {
    return [...this.#sessions.values()].includes(session);
  }

  /** Ends the session of that secret. `false` when there is none. */
  end(secret: string): boolean {
    return this.#endKey(digestOf(secret).toString('hex'));
  }

  #endKey(key: string): boolean {
    const session = this.#sessions.get(key);
    if (session === undefined) return false;
    this.#sessions.delete(key);
    for (const tell of session.onEnd) tell();
    session.onEnd.clear();
    return true;
  }

  /** Ends what has expired. */
  expire(now: number): void {
    for (const [key, { createdAt, seenAt }] of this.#sessions) {
      if (now - seenAt > sessionIdleMs || now - createdAt > sessionMaxMs) this.#endKey(key);
    }
  }

  #endOldest(): void {
    const [oldest] = [...this.#sessions].sort(([, a], [, b]) => a.seenAt - b.seenAt);
    if (oldest !== undefined) this.#endKey(oldest[0]);
  }
}
