/** What resolvers without a daemon have in common: no registration, and a list of nodes at known ports. */

import { splitNodeName } from '../../names.ts';
import type { RegisteredName, Registration } from '../resolver.ts';

/** The registration of a node that is not registered anywhere. The node chooses its own creation. */
export const unregistered: Registration = { creation: undefined, close: () => Promise.resolve() };

/** The nodes whose host part is `host`. */
export function namesAt(
  host: string,
  rows: Iterable<readonly [node: string, port: number]>,
): RegisteredName[] {
  return Array.from(rows).flatMap(([node, port]) => {
    const parts = splitNodeName(node);
    return parts.host === host ? [{ name: parts.name, port }] : [];
  });
}
