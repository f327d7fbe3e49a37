/** `convoy epmd`: a drop-in EPMD daemon, and the questions one asks a running one. */

import type { Command } from 'commander';
import { parsePort } from '../config.ts';
import { printResult } from '../output.ts';
import { guarded, withExample } from './options.ts';

interface EpmdOptions {
  readonly port?: string;
  readonly names?: boolean;
  readonly kill?: boolean;
  readonly stop?: string;
  readonly address?: string;
  readonly relaxed_command_check?: boolean;
  readonly json?: boolean;
}

async function askDaemon(port: number, options: EpmdOptions): Promise<void> {
  const { EpmdClient } = await import('@convoy/node/epmd');
  const client = new EpmdClient({ port });
  if (options.kill === true) {
    await client.kill();
    return printResult(options, { killed: true }, 'Killed');
  }
  if (options.stop !== undefined) {
    await client.stop(options.stop);
    return printResult(options, { stopped: options.stop }, 'STOPPED');
  }
  const { nodes } = await client.names();
  const lines = nodes.map((node) => `name ${node.name} at port ${node.port}`);
  printResult(options, nodes, [`epmd: up and running on port ${port} with data:`, ...lines].join('\n'));
}

async function runDaemon(port: number, options: EpmdOptions): Promise<void> {
  const { startEpmdServer } = await import('@convoy/node/epmd');
  const addresses = (options.address ?? process.env['ERL_EPMD_ADDRESS'])
    ?.split(/[\s,]+/)
    .filter((one) => one !== '');
  const relaxed =
    options.relaxed_command_check ?? process.env['ERL_EPMD_RELAXED_COMMAND_CHECK'] !== undefined;
  const server = await startEpmdServer({
    port,
    relaxedCommandCheck: relaxed,
    ...(addresses === undefined ? {} : { host: addresses }),
  });
  printResult(options, { port: server.port }, `convoy epmd listens on port ${server.port}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
  await server.closed;
}

export function registerEpmd(program: Command): void {
  const command = program
    .command('epmd')
    .description("run an EPMD daemon that takes the place of Erlang's, or ask a running one")
    .option('-p, --port <port>', 'port (ERL_EPMD_PORT, else 4369)')
    .option('-n, --names', 'print the registered names')
    .option('-k, --kill', 'ask the daemon to end')
    .option('-s, --stop <name>', 'ask the daemon to forget a name')
    .option(
      '-a, --address <list>',
      'addresses to listen on, separated by commas (ERL_EPMD_ADDRESS, else loopback)',
    )
    .option('-r, --relaxed_command_check', 'allow --kill with names registered, and --stop')
    .option('--json', 'print one JSON document');
  withExample(command, 'convoy epmd', 'convoy epmd -names');
  command.action(async (options: EpmdOptions) =>
    guarded(options, async () => {
      const port = parsePort(options.port ?? process.env['ERL_EPMD_PORT'] ?? '4369', '--port');
      const asks = options.names === true || options.kill === true || options.stop !== undefined;
      await (asks ? askDaemon(port, options) : runDaemon(port, options));
    }),
  );
}
