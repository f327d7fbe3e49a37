/**
 * The migrations of the store, in order. A migration that was released is never changed: a correction is a new one. To
 * keep something new, add a numbered file here, its columns in `tables.ts`, its part of the contract in `store.ts`, a
 * module beside that, and its rules in the conformance suite.
 */

import type { Migration } from 'kysely/migration';
import { identityNodesSessions } from './0001-identity-nodes-sessions.ts';
import { auditEntries } from './0003-audit-entries.ts';
import { clusters } from './0004-clusters.ts';
import { keptNodes } from './0005-kept-nodes.ts';
import { openShells } from './0006-open-shells.ts';
import { clusterActing } from './0008-cluster-acting.ts';
import { pendingRestarts } from './0010-pending-restarts.ts';
import { sharedConsoles } from './shared-consoles.ts';

/** The migrations by name. Names sort in the order in which they run. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-identity-nodes-sessions': identityNodesSessions,
  '0003-audit-entries': auditEntries,
  '0004-clusters': clusters,
  '0005-kept-nodes': keptNodes,
  '0006-open-shells': openShells,
  '0008-cluster-acting': clusterActing,
  '0010-pending-restarts': pendingRestarts,
};

/** Those of the tables that several consoles share. A console of an older version must be able to use them, too. */
export const sharedMigrations: Readonly<Record<string, Migration>> = {
  '0001-shared-consoles': sharedConsoles,
};
