/**
 * Prevents two nodes of the same name. Nodes are identified by their full names, which hosts and platforms choose; with a
 * duplicate, shells and requests for one node would go to the other.
 */

import { ProviderError } from '@convoy/cluster';
import type { NodeRegistry } from './node-registry.ts';

/** Throws PROVIDER_NAME_TAKEN if a launched or attached node has this name. */
export function checkFreeName(registry: NodeRegistry, name: string): void {
  const known = registry.find(name);
  if (known !== undefined && known.origin !== 'discovered') throw nameTaken(name, known.provider);
}

/** The error for a name that a node of `provider` has. */
function nameTaken(name: string, provider: string): ProviderError {
  return new ProviderError('PROVIDER_NAME_TAKEN', `a node named ${name} already exists on ${provider}`, {
    node: name,
    remedy: 'Delete or disconnect that node first, or choose another name.',
  });
}
