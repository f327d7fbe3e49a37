/**
 * Several resolvers as one: the first one that knows a name answers. A failed lookup ends the search, because the next
 * resolver might know a different node of that name.
 */

import { NodeError } from '../../errors.ts';
import type { RegisteredName, Resolver } from '../resolver.ts';

/** Options of `createChainResolver`. */
export interface ChainOptions {
  /** The resolver that registers this node. Default: the last one of the chain, which is usually EPMD. */
  readonly registrar?: Pick<Resolver, 'register'>;
}

/**
 * Combines resolvers. The names at a host are those of all resolvers; of a duplicate name the first one counts. The port
 * to listen on is that of the first resolver that prescribes one. Throws `NodeError` NODE_BAD_RESOLVER for an empty chain.
 *
 * @example createChainResolver([createNameEncodedResolver(), createEpmdResolver()]);
 */
export function createChainResolver(resolvers: readonly Resolver[], options: ChainOptions = {}): Resolver {
  const registrar = options.registrar ?? resolvers.at(-1);
  if (registrar === undefined)
    throw new NodeError('NODE_BAD_RESOLVER', 'createChainResolver got no resolver', {
      remedy: 'Pass at least one resolver.',
    });
  return {
    async resolve(peer, resolveOptions) {
      for (const resolver of resolvers) {
        const address = await resolver.resolve(peer, resolveOptions);
        if (address !== undefined) return address;
      }
      return undefined;
    },
    register: (request, registerOptions) => registrar.register(request, registerOptions),
    async names(host, namesOptions) {
      const lists = await Promise.all(resolvers.map((resolver) => resolver.names(host, namesOptions)));
      const byName = new Map<string, RegisteredName>();
      for (const row of lists.flat()) if (!byName.has(row.name)) byName.set(row.name, row);
      return [...byName.values()];
    },
    listenPort(name) {
      for (const resolver of resolvers) {
        const port = resolver.listenPort?.(name);
        if (port !== undefined) return port;
      }
      return undefined;
    },
  };
}
