/**
 * Nodes are identified by their full names, and the host or platform of a node decides its name. A node must not take the
 * place of one that is launched or attached elsewhere: shells and questions for the one would go to the other.
 */

import { ProviderError } from '@convoy/cluster';
import type { NodeBoard } from './node-board.ts';

/** Throws PROVIDER_NAME_TAKEN when another node of this name is launched or attached. */
export function checkFreeName(board: NodeBoard, name: string): void {
  const known = board.find(name);
  if (known !== undefined && known.origin !== 'discovered') throw nameTaken(name, known.provider);
}

export function nameTaken(name: string, provider: string): ProviderError {
  return new ProviderError('PROVIDER_NAME_TAKEN', `there is a node named ${name} already, of ${provider}`, {
    node: name,
    remedy: 'Delete or disconnect that node first, or give one of the two another name.',
  });
}
