/** Finds nodes of the console by what a user calls them. */

import type { NodeView } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import { CliError } from '../errors.ts';
import type { ConsoleClient } from './console-client.ts';

/** The full name of a node: of the only node of the console with this name before the @. Full names are not looked up. */
export async function fullNameOf(ask: ConsoleClient, name: string): Promise<string> {
  return name.includes('@') ? name : findFullName(await ask('GET /api/nodes'), name);
}

/** The full name of the only one of these nodes with this name before the @. Throws CLI_BAD_OPTION if there is not exactly one. */
export function findFullName(nodes: readonly Pick<NodeView, 'name'>[], name: string): string {
  if (name.includes('@')) return name;
  const found = nodes.map((node) => node.name).filter((full) => splitNodeName(full).name === name);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    throw new CliError('CLI_BAD_OPTION', `the console has no node named ${name}`, {
      remedy: '`convoy list` shows its nodes.',
    });
  }
  throw new CliError('CLI_BAD_OPTION', `the console has several nodes named ${name}`, {
    remedy: `Use the full name: ${found.join(', ')}.`,
  });
}
