/** What resolvers without a daemon have in common: nothing to register at, and rows of nodes at known ports. */
import { splitNodeName } from '../../names.ts';
import type { RegisteredName, Registration } from '../resolver.ts';

/** The registration of a node that is made known to nobody. It chooses its own creation. */
export const unregistered: Registration = { creation: undefined, close: () => Promise.resolve() };

/** Of nodes by full name, those whose host part is `host`. */
export function namesAt(
  host: string,
  rows: Iterable<readonly [node: string, port: number]>,
): RegisteredName[] {
  return Array.from(rows).flatMap(([node, port]) => {
    const parts = splitNodeName(node);
    return parts.host === host ? [{ name: parts.name, port }] : [];
  });
}
