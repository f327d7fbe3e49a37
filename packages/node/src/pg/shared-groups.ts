/** Scopes that several users of one node share: the first starts a scope, and the last to release it closes it. */

import type { PgHost } from './pg-host.ts';
import { type ProcessGroups, startProcessGroups } from './process-groups.ts';

interface Shared {
  readonly groups: Promise<ProcessGroups>;
  uses: number;
}

const sharedOf = new WeakMap<PgHost, Map<string, Shared>>();

/** Call `release` once. Throws as `startProcessGroups`. */
export async function shareProcessGroups(
  node: PgHost,
  scope: string,
): Promise<{ readonly groups: ProcessGroups; readonly release: () => void }> {
  const scopes = sharedOf.get(node) ?? new Map<string, Shared>();
  sharedOf.set(node, scopes);
  const shared = scopes.get(scope) ?? { groups: startProcessGroups(node, { scope }), uses: 0 };
  scopes.set(scope, shared);
  shared.uses += 1;
  const giveUp = (): boolean => {
    shared.uses -= 1;
    if (shared.uses === 0) scopes.delete(scope);
    return shared.uses === 0;
  };
  try {
    const groups = await shared.groups;
    const release = (): void => {
      if (giveUp()) groups.close();
    };
    return { groups, release };
  } catch (error) {
    giveUp();
    throw error;
  }
}
