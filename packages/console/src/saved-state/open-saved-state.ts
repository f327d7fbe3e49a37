/** Opens the store of a data directory, and loads what the console needs from it. */

import { randomBytes } from 'node:crypto';
import { loadSessions, sessionTag } from '../auth/saved-sessions.ts';
import { SessionTable } from '../auth/session-table.ts';
import { ConsoleError } from '../errors.ts';
import type {
  AuditRecords,
  ClusterRecords,
  ConsoleIdentity,
  ConsoleRecords,
  OpenShellRecords,
  PendingRestartRecords,
  Store,
} from '../store/store.ts';
import { KnownNodes } from './known-nodes.ts';
import { importOldFiles } from './old-files.ts';
import { openOwnStore, openSharedStore, removeDrafts } from './open-store.ts';

/** Options of `openSavedState`. */
export interface SavedStateOptions {
  /** The data directory, which is locked. */
  readonly path: string;
  readonly token: string;
  /** The key without which saved sessions are worthless, and its file. */
  readonly sessionKey: { readonly value: string; readonly file: string };
  /** Address of a store in PostgreSQL. It is a secret. Default: a file in the data directory. */
  readonly address?: string | undefined;
  readonly logger: { warn(detail: object, message: string): void };
}

/** What the console found of its earlier life. */
export interface SavedState {
  readonly identity: ConsoleIdentity;
  readonly nodes: KnownNodes;
  /** How clusters are marked and attached. */
  readonly clusters: ClusterRecords;
  readonly sessions: SessionTable;
  /** The shells that were open. */
  readonly openShells: OpenShellRecords;
  /** The restarts that were under way. */
  readonly pendingRestarts: PendingRestartRecords;
  /** The entries of the audit log, for searching. */
  readonly audit: AuditRecords;
  /** The other consoles with the same store, if it is shared. */
  readonly consoles: ConsoleRecords | undefined;
  /** Waits for pending writes and closes the store. */
  close(): Promise<void>;
}

/**
 * Opens the store. Rejects with CONSOLE_STORE_DAMAGED, CONSOLE_STORE_NEWER or CONSOLE_STORAGE_FAILED; for one in PostgreSQL also
 * with CONSOLE_STORE_UNREACHABLE, CONSOLE_NO_STORE_DRIVER or CONSOLE_BAD_OPTION.
 */
export async function openSavedState(options: SavedStateOptions): Promise<SavedState> {
  const { path, token, sessionKey, address, logger } = options;
  removeDrafts(path);
  const tag = sessionTag(token, sessionKey.value);
  const sharedStore =
    address === undefined
      ? undefined
      : await openSharedStore({ address, folder: path, sessionTag: tag, logger });
  const store = sharedStore ?? (await openOwnStore(path));
  try {
    const fallback = newIdentity();
    await importOldFiles({ folder: path, store, token, sessionTag: tag, fallback, logger });
    return {
      identity: (await store.identity.load()) ?? fallback,
      nodes: await KnownNodes.load(store.launchedNodes),
      clusters: store.clusters,
      sessions: await openSessions(store, options),
      openShells: store.openShells,
      pendingRestarts: store.pendingRestarts,
      audit: store.audit,
      consoles: sharedStore?.consoles,
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
