/**
 * Sessions over a restart of the console: their digests in a 0600 file of the data directory, worth nothing to a reader.
 * They belong to one token: with another one in the directory all sessions are discarded. The file also keeps the
 * console's public id, by which its cookie differs from that of every other console behind the same host name.
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

export interface SessionFileOptions {
  readonly file: string;
  readonly token: string;
  /** Called with the error of a failed write, and what it means. */
  readonly onFailure: (error: unknown, meaning: string) => void;
  /** Default: now. */
  readonly now?: number;
}

export class SessionFile implements SessionStore {
  /** Eight hex digits, the same over restarts; no secret. */
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
    // A clock that was set back must not make a session last longer.
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
      // Rather everybody logs in again than that a session which was ended comes back. Removing needs no space on a full disk.
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
