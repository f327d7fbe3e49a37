/**
 * Ids of nodes, which are unique on the page where names are not: the full name, preceded by the id of its cluster and a colon
 * if that cluster was attached (`prod:app@10.0.0.5`). Pure.
 */

import type { NodeView } from '@convoy/console/protocol';

/** The id of a node in the same cluster as `node`. */
export function idOfPeer({ id, name }: Pick<NodeView, 'id' | 'name'>, peer: string): string {
  return `${id.slice(0, id.length - name.length)}${peer}`;
}

/** The full name in an id, for nodes that are no longer known. */
export function nameOfId(id: string): string {
  return id.replace(/^[a-z0-9][a-z0-9-]*:(?=[^@]*@)/, '');
}
