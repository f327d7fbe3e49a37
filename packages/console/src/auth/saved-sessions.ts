/**
 * Saves sessions across restarts of the console. The store has only their digests, which are useless to a reader, under a
 * tag that is made from the token and from a key in a file of its own: with another token, or without that key, saved
 * sessions are worthless. A session that has ended must not come back even if the disk is full and nothing can be written.
 * The key is deleted then, which needs no space.
 */

import { rmSync } from 'node:fs';
import { replaceFile } from '../replace-file.ts';
import type { SavedSession, SessionRecords, Store } from '../store/store.ts';
import { digestOf } from './secrets.ts';
import type { SessionChange, SessionStore } from './session-table.ts';

/** Options of `loadSessions`. */
export interface SavedSessionsOptions {
  readonly store: Pick<Store, 'transaction'>;
  readonly token: string;
  /** The key of saved sessions, and its file. */
  readonly key: string;
  readonly keyFile: string;
  /** Called with the error of a failed write, and its consequence. */
  readonly onFailure: (error: unknown, meaning: string) => void;
  /** Milliseconds since 1970. Default: the current time. */
  readonly now?: number;
}

/** The tag of the sessions that belong to a token and a key. */
export function sessionTag(token: string, key: string): string {
  return digestOf(`sessions of ${token} by ${key}`).toString('hex');
}

/** Loads the sessions of the previous console, and deletes those of another token or key. */
export async function loadSessions(options: SavedSessionsOptions): Promise<SessionStore> {
  const { store, token, key, now = Date.now() } = options;
  const tag = sessionTag(token, key);
  const all = await store.transaction(async ({ sessions }) => {
    await sessions.deleteOthers(tag);
    return sessions.load(tag);
  });
  // A clock that was set back must not extend a session.
  const saved = all.filter(({ createdAt, seenAt }) => createdAt <= seenAt && seenAt <= now + 60_000);
  return new SavedSessions({ ...options, tag, saved });
}

class SavedSessions implements SessionStore {
  readonly saved: readonly SavedSession[];
  readonly #options: SavedSessionsOptions & { readonly tag: string };
  /** Digests of ended sessions that the store still has. */
  readonly #remaining = new Set<string>();
  #isKeyDeleted = false;

  constructor(
    options: SavedSessionsOptions & { readonly tag: string; readonly saved: readonly SavedSession[] },
  ) {
    this.#options = options;
    this.saved = options.saved;
  }

  async save({ current, ended }: SessionChange): Promise<void> {
    for (const digest of ended) this.#remaining.add(digest);
    const remaining = [...this.#remaining];
    try {
      await this.#options.store.transaction(({ sessions }) => this.#write(sessions, current, remaining));
      for (const digest of remaining) this.#remaining.delete(digest);
      if (this.#isKeyDeleted && this.#remaining.size === 0) this.#restoreKey();
    } catch (error) {
      if (remaining.length === 0) this.#reportLoss(error);
      else this.#deleteKey(error);
    }
  }

  async #write(
    records: SessionRecords,
    current: readonly SavedSession[],
    ended: readonly string[],
  ): Promise<void> {
    await records.save(this.#options.tag, current);
    await records.delete(ended);
  }

  #deleteKey(error: unknown): void {
    const { keyFile, onFailure } = this.#options;
    try {
      rmSync(keyFile, { force: true });
      this.#isKeyDeleted = true;
      this.#reportLoss(error);
    } catch {
      onFailure(
        error,
        `a session was ended, but will be valid again after a restart; delete ${keyFile} before that`,
      );
    }
  }

  #restoreKey(): void {
    const { keyFile, key } = this.#options;
    replaceFile(keyFile, key, { durable: true });
    this.#isKeyDeleted = false;
  }

  #reportLoss(error: unknown): void {
    this.#options.onFailure(error, 'sessions cannot be saved; a restart will log browsers out');
  }
}
