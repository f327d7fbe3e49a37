/** Opens the store of a data directory, and loads what the console needs from it. */

import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadSessions, sessionTag } from '../auth/saved-sessions.ts';
import { SessionTable } from '../auth/session-table.ts';
import { ConsoleError } from '../errors.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite.ts';
import type { AuditRecords, ClusterRecords, ConsoleIdentity, Store } from '../store/store.ts';
import { KnownNodes } from './known-nodes.ts';
import { importOldFiles } from './old-files.ts';

/** Options of `openSavedState`. */
export interface SavedStateOptions {
  /** The data directory, which is locked. */
  readonly path: string;
  readonly token: string;
  /** The key without which saved sessions are worthless, and its file. */
  readonly sessionKey: { readonly value: string; readonly file: string };
  readonly logger: { warn(detail: object, message: string): void };
}

/** What the console found of its earlier life. */
export interface SavedState {
  readonly identity: ConsoleIdentity;
  readonly nodes: KnownNodes;
  /** How clusters are marked and attached. */
  readonly clusters: ClusterRecords;
  readonly sessions: SessionTable;
  /** The entries of the audit log, for searching. */
  readonly audit: AuditRecords;
  /** Waits for pending writes and closes the store. */
  close(): Promise<void>;
}

/** Path of the store in a data directory. */
export function storeFile(folder: string): string {
  return join(folder, 'store.sqlite');
}

/** Removes copies of the store that a killed process has left. The folder is locked, so that they belong to no other. */
export function removeDrafts(folder: string): void {
  const drafts = readdirSync(folder).filter((name) => /^store\.sqlite\.\d+(?:-\w+)?$/.test(name));
  for (const name of drafts) rmSync(join(folder, name), { force: true });
}

/** Opens the store. Rejects with CONSOLE_STORE_DAMAGED, CONSOLE_STORE_NEWER or CONSOLE_STORAGE_FAILED. */
export async function openSavedState(options: SavedStateOptions): Promise<SavedState> {
  const { path, token, sessionKey, logger } = options;
  removeDrafts(path);
  const store = await openSqliteStore(storeFile(path));
  try {
    const fallback = newIdentity();
    const tag = sessionTag(token, sessionKey.value);
    await importOldFiles({ folder: path, store, token, sessionTag: tag, fallback, logger });
    return {
      identity: (await store.identity.load()) ?? fallback,
      nodes: await KnownNodes.load(store.launchedNodes),
      clusters: store.clusters,
      sessions: await openSessions(store, options),
      audit: store.audit,
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openSessions(store: Store, options: SavedStateOptions): Promise<SessionTable> {
  const { token, sessionKey, logger } = options;
  const saved = await loadSessions({
    store,
    token,
    key: sessionKey.value,
    keyFile: sessionKey.file,
    onFailure: (error, meaning) => {
      // For a full disk the reason is enough; a stack trace would not help.
      logger.warn(error instanceof ConsoleError ? { why: error.message } : { err: error }, meaning);
    },
  });
  return new SessionTable(saved);
}

function newIdentity(): ConsoleIdentity {
  const random = (): string => randomBytes(4).toString('hex');
  return { id: random(), node: `convoy-${random()}@127.0.0.1` };
}
