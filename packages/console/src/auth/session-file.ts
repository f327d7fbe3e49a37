/**
 * Saves sessions across restarts of the console: a 0600 file in the data directory contains their digests, which are
 * useless to a reader. Sessions belong to one token; if the directory has another token, they are discarded. The file also
 * contains the console's public id, which makes the name of its cookie differ from those of other consoles behind the same
 * host name.
 */

import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { replaceFile } from '../replace-file.ts';
import { digestOf } from './secrets.ts';
import { maxSessions, type SavedSession, type SessionStore } from './session-table.ts';

const contentSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  token: z.string(),
  sessions: z
    .array(
      z.object({
        digest: z.string().regex(/^[0-9a-f]{64}$/),
        createdAt: z.number(),
        seenAt: z.number(),
      }),
    )
    .max(maxSessions),
});

/** Options of `SessionFile`. */
export interface SessionFileOptions {
  readonly file: string;
  readonly token: string;
  /** Called with the error of a failed write, and its consequence. */
  readonly onFailure: (error: unknown, meaning: string) => void;
  /** Milliseconds since 1970. Default: the current time. */
  readonly now?: number;
}

/** The file with the sessions of a console. */
export class SessionFile implements SessionStore {
  /** Public id of the console: eight hex digits, the same after restarts. */
  readonly id: string;
  readonly saved: readonly SavedSession[];
  readonly #options: SessionFileOptions;
  readonly #tokenDigest: string;

  constructor(options: SessionFileOptions) {
    this.#options = options;
    this.#tokenDigest = digestOf(`sessions of ${options.token}`).toString('hex');
    const content = readContent(options.file);
    const isOurs = content?.token === this.#tokenDigest;
    const now = options.now ?? Date.now();
    this.id = content?.id ?? randomBytes(4).toString('hex');
    // A clock that was set back must not extend a session.
    this.saved = (isOurs ? content.sessions : []).filter(
      ({ createdAt, seenAt }) => createdAt <= seenAt && seenAt <= now + 60_000,
    );
    if (content === undefined || !isOurs) this.save([], 'opened');
  }

  save(sessions: readonly SavedSession[], why: 'opened' | 'ended' | 'used'): void {
    const { file, onFailure } = this.#options;
    try {
      const content = { id: this.id, token: this.#tokenDigest, sessions };
      replaceFile(file, JSON.stringify(content), { durable: why !== 'used' });
    } catch (error) {
      if (why !== 'ended') {
        onFailure(error, 'sessions cannot be saved; a restart will log browsers out');
        return;
      }
      // An ended session must not come back, even if all users have to log in again. Removing a file needs no space on a full disk.
      try {
        rmSync(file, { force: true });
        onFailure(error, 'sessions cannot be saved; a restart will log browsers out');
      } catch {
        onFailure(
          error,
          `a session was ended, but ${file} still contains it; delete the file before a restart`,
        );
      }
    }
  }
}

function readContent(file: string): z.infer<typeof contentSchema> | undefined {
  try {
    return contentSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
