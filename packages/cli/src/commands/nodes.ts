/** `convoy nodes`: the names an EPMD knows, and the mesh of those that let us in. */

import type { Command } from 'commander';
import type { Node } from '@convoy/node';
import { parsePort } from '../config.ts';
import { ConvoyError } from '@convoy/node';
import { formatTable, printResult } from '../output.ts';
import { type ReachOptions, timeoutOf, withVisitor } from '../visitor.ts';
import { guarded, withExample, withReachOptions } from './options.ts';

interface NodesOptions extends ReachOptions {
  readonly host: string;
  readonly epmdPort?: string;
}

interface SeenNode {
  readonly name: string;
  readonly port: number;
  readonly peers?: readonly string[];
  readonly problem?: string;
}

async function peersOf(node: Node, peer: string, timeoutMs: number): Promise<string[]> {
  const { Atom } = await import('@convoy/node/etf');
  const [module, functionName] = ['erlang', 'nodes'] as const;
  const answer = await node.rpc(peer, module, functionName, [], { timeoutMs }).catch((error: unknown) => {
    // A TypeScript node has no `erlang:nodes/0`; it tells by its own module.
    if (error instanceof ConvoyError && error.code === 'REMOTE_UNDEF')
      return node.rpc(peer, 'convoy', 'peers', [], { timeoutMs });
    throw error;
  });
  return Array.isArray(answer) ? answer.flatMap((one) => (one instanceof Atom ? [one.name] : [])) : [];
}

async function look(name: string, port: number, options: NodesOptions): Promise<SeenNode> {
  const full = `${name}@${options.host}`;
  try {
    const peers = await withVisitor(full, options, (node, peer) => peersOf(node, peer, timeoutOf(options)));
    return { name: full, port, peers };
  } catch (error) {
    return { name: full, port, problem: error instanceof ConvoyError ? error.code : String(error) };
  }
}

export function registerNodes(program: Command): void {
  const command = program
    .command('nodes')
    .description('the names an EPMD knows, and who is connected to whom')
    .option('--host <host>', 'host of the EPMD; also the host part of the names', '127.0.0.1')
    .option('--epmd-port <port>', 'port of the EPMD (ERL_EPMD_PORT, else 4369)');
  withExample(withReachOptions(command), 'convoy nodes', 'convoy nodes --json');
  command.action(async (options: NodesOptions) =>
    guarded(options, async () => {
      const { EpmdClient } = await import('@convoy/node/epmd');
      const port = parsePort(options.epmdPort ?? process.env['ERL_EPMD_PORT'] ?? '4369', '--epmd-port');
      const { nodes } = await new EpmdClient({ host: options.host, port }).names();
      const seen = await Promise.all(nodes.map((node) => look(node.name, node.port, options)));
      const rows = seen.map((one) => [one.name, String(one.port), one.problem ?? one.peers?.join(' ') ?? '']);
      const table = formatTable([['NODE', 'PORT', 'PEERS'], ...rows]);
      printResult(
        options,
        seen,
        seen.length === 0 ? `The EPMD at ${options.host}:${port} knows no node.` : table,
      );
    }),
  );
}
