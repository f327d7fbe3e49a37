/** `convoy epmd`: a drop-in EPMD daemon, and queries of a running one. */

import type { Command } from 'commander';
import { parseCount, parsePort } from '../options/config.ts';
import { printResult } from '../output.ts';
import { addExamples, guarded } from '../options/shared-options.ts';

interface EpmdOptions {
  readonly port?: string | undefined;
  readonly names?: boolean;
  readonly kill?: boolean;
  readonly stop?: string;
  readonly address?: string;
  readonly relaxed_command_check?: boolean;
  readonly packet_timeout?: string;
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
  const { epmdPort, nodes } = await client.names();
  const lines = nodes.map((node) => `name ${node.name} at port ${node.port}`);
  printResult(
    options,
    { epmdPort, nodes },
    [`epmd: up and running on port ${epmdPort} with data:`, ...lines].join('\n'),
  );
}

async function runDaemon(port: number, options: EpmdOptions): Promise<void> {
  const { startEpmdServer } = await import('@convoy/node/epmd');
  const { env } = process;
  const hosts = (options.address ?? env['ERL_EPMD_ADDRESS'] ?? '')
    .split(/[\s,]+/)
    .filter((one) => one !== '');
  const seconds = parseCount(options.packet_timeout ?? '60', '-packet_timeout', [1, 86_400]);
  const server = await startEpmdServer({
    port,
    host: hosts,
    relaxedCommandCheck: options.relaxed_command_check ?? env['ERL_EPMD_RELAXED_COMMAND_CHECK'] !== undefined,
    packetTimeoutMs: seconds * 1000,
  });
  const { addresses } = server;
  printResult(
    options,
    { port: server.port, addresses },
    `convoy epmd is up on port ${server.port} (${addresses.join(', ')})`,
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void server.close());
  await server.closed;
}

async function runEpmd(options: EpmdOptions): Promise<void> {
  const { defaultEpmdPort } = await import('@convoy/node/epmd');
  const port = options.port === undefined ? defaultEpmdPort() : parsePort(options.port, '-port');
  const asks = options.names === true || options.kill === true || options.stop !== undefined;
  await (asks ? askDaemon(port, options) : runDaemon(port, options));
}

/** Defines the options and the action of the command. */
export function configureEpmd(command: Command): void {
  command
    .option('-p, --port <port>', 'port, 0 for any free one (ERL_EPMD_PORT, else 4369)')
    .option('-n, --names', 'print the registered names')
    .option('-k, --kill', 'stop the running daemon')
    .option('-s, --stop <name>', 'unregister a name from the running daemon')
    .option(
      '-a, --address <list>',
      'addresses to listen on besides loopback, separated by commas (ERL_EPMD_ADDRESS)',
    )
    .option(
      '-r, --relaxed_command_check',
      'allow --stop, and --kill while names are registered (ERL_EPMD_RELAXED_COMMAND_CHECK)',
    )
    .option(
      '--packet_timeout <seconds>',
      'how long a connection that has registered no name may be idle (default 60)',
    )
    .option('--json', 'print one JSON document');
  addExamples(command, 'convoy epmd', 'convoy epmd -names', 'convoy epmd -port 5369 -relaxed_command_check');
  command.action((options: EpmdOptions) => guarded(options, () => runEpmd(options)));
}
