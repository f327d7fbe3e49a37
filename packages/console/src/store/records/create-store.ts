/** The store on any database that kysely speaks to. The database has been migrated. */

import type { Kysely } from 'kysely';
import { createAuditRecords } from './audit-entries.ts';
import { createClusterRecords } from './clusters.ts';
import { createDirectorySecretRecords } from './directory-secrets.ts';
import { createIdentityRecords } from './identity.ts';
import { createLaunchedNodeRecords } from './launched-nodes.ts';
import { createOpenShellRecords } from './open-shells.ts';
import { createPendingRestartRecords } from './pending-restarts.ts';
import { createSessionRecords } from './sessions.ts';
import { unprotected } from '../protection.ts';
import type { Records, Store } from '../store.ts';
import type { Tables } from '../tables.ts';
import type { RecordContext } from './stored-rows.ts';

/** Creates the store. Without `protection` secrets are kept as they are. */
export function createStore(
  database: Kysely<never>,
  { where, protection = unprotected }: Partial<RecordContext> & Pick<RecordContext, 'where'>,
): Store {
  const context = { where, protection };
  const db = database as unknown as Kysely<Tables>;
  let last: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  /** One after the other, in the order of the calls, however many connections the database has. */
  const transaction: Store['transaction'] = (work) => {
    const turn = last.then(() => db.transaction().execute((within) => work(recordsOf(within, context))));
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    transaction,
    ...eachInTurn(transaction),
    close() {
      closing ??= last.then(() => db.destroy());
      return closing;
    },
  };
}

/** The records, each call of which is a transaction. */
function eachInTurn(transaction: Store['transaction']): Records {
  return {
    identity: {
      load: () => transaction(({ identity }) => identity.load()),
      save: (one) => transaction(({ identity }) => identity.save(one)),
    },
    launchedNodes: {
      all: () => transaction(({ launchedNodes }) => launchedNodes.all()),
      save: (...node) => transaction(({ launchedNodes }) => launchedNodes.save(...node)),
      delete: (...node) => transaction(({ launchedNodes }) => launchedNodes.delete(...node)),
    },
    clusters: {
      all: () => transaction(({ clusters }) => clusters.all()),
      save: (cluster) => transaction(({ clusters }) => clusters.save(cluster)),
      delete: (id) => transaction(({ clusters }) => clusters.delete(id)),
    },
    sessions: {
      load: (tag) => transaction(({ sessions }) => sessions.load(tag)),
      save: (tag, all) => transaction(({ sessions }) => sessions.save(tag, all)),
      delete: (digests) => transaction(({ sessions }) => sessions.delete(digests)),
      deleteOthers: (tag) => transaction(({ sessions }) => sessions.deleteOthers(tag)),
      deleteAll: () => transaction(({ sessions }) => sessions.deleteAll()),
    },
    directorySecrets: {
      load: () => transaction(({ directorySecrets }) => directorySecrets.load()),
      save: (secrets) => transaction(({ directorySecrets }) => directorySecrets.save(secrets)),
    },
    audit: {
      add: (...entries) => transaction(({ audit }) => audit.add(...entries)),
      find: (filter) => transaction(({ audit }) => audit.find(filter)),
    },
    openShells: {
      all: () => transaction(({ openShells }) => openShells.all()),
      save: (shell) => transaction(({ openShells }) => openShells.save(shell)),
      delete: (id) => transaction(({ openShells }) => openShells.delete(id)),
    },
    pendingRestarts: {
      all: () => transaction(({ pendingRestarts }) => pendingRestarts.all()),
      save: (restart) => transaction(({ pendingRestarts }) => pendingRestarts.save(restart)),
      delete: (node) => transaction(({ pendingRestarts }) => pendingRestarts.delete(node)),
    },
  };
}

function recordsOf(db: Kysely<Tables>, context: RecordContext): Records {
  return {
    identity: createIdentityRecords(db, context),
    launchedNodes: createLaunchedNodeRecords(db, context),
    clusters: createClusterRecords(db, context),
    sessions: createSessionRecords(db, context),
    directorySecrets: createDirectorySecretRecords(db, context),
    audit: createAuditRecords(db, context),
    openShells: createOpenShellRecords(db, context),
    pendingRestarts: createPendingRestartRecords(db, context),
  };
}
