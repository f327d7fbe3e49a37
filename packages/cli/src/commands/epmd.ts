/**
 * `convoy epmd`: a drop-in EPMD daemon, and queries of a running one. Options, output and exit codes are those of Erlang's `epmd`, so that
 * `erl`, units and scripts can start it as theirs.
 */

import type { Command } from 'commander';
import type { EpmdClient, EpmdServer, EpmdServerOptions } from '@convoy/node/epmd';
import { CliError } from '../errors.ts';
import { parseCount, parsePort } from '../options/config.ts';
import { exitCodes } from '../exit-codes.ts';
import { describeError, note, print, printResult } from '../output.ts';
import { addExamples, guarded } from '../options/shared-options.ts';

interface EpmdOptions {
  readonly port?: string | undefined;
  readonly names?: boolean;
  readonly dump?: boolean;
  readonly started?: boolean;
  readonly kill?: boolean;
  readonly stop?: string;
  readonly address?: string;
  readonly relaxed_command_check?: boolean;
  readonly packet_timeout?: string;
  readonly delay_accept?: string;
  readonly delay_write?: string;
  readonly debug?: boolean;
  readonly daemon?: boolean;
  readonly detached?: boolean;
  readonly systemd?: boolean;
  readonly json?: boolean;
}

/** How many released names -debug remembers, as in Erlang's daemon. */
const unusedNamesWithDebug = 5;
const maxSeconds = 1_000_000;

async function askDaemon(port: number, options: EpmdOptions): Promise<void> {
  const { EpmdClient } = await import('@convoy/node/epmd');
  const client = new EpmdClient({ port });
  if (options.kill === true) return killDaemon(client, options);
  if (options.stop !== undefined) return stopName(client, options.stop, options);
  const title = (epmdPort: number): string => `epmd: up and running on port ${epmdPort} with data:`;
  if (options.dump === true) {
    const { epmdPort, active, unused } = await client.dump();
    const lines = [
      ...active.map(({ name, port: at, fd }) => `active name     <${name}> at port ${at}, fd = ${fd}`),
      ...unused.map(({ name, port: at, fd }) => `old/unused name <${name}>, port = ${at}, fd = ${fd} `),
    ];
    return printResult(options, { epmdPort, active, unused }, [title(epmdPort), ...lines].join('\n'));
  }
  const { epmdPort, nodes } = await client.names();
  if (options.started === true) return;
  const lines = nodes.map((node) => `name ${node.name} at port ${node.port}`);
  printResult(options, { epmdPort, nodes }, [title(epmdPort), ...lines].join('\n'));
}

async function killDaemon(client: EpmdClient, options: EpmdOptions): Promise<void> {
  try {
    await client.kill();
    printResult(options, { killed: true }, 'Killed');
  } catch (error) {
    if (options.json !== true && isRefusal(error)) print('Killing not allowed - living nodes in database.');
    throw error;
  }
}

/** Erlang's `epmd` counts a name that is not registered as a success. */
async function stopName(client: EpmdClient, name: string, options: EpmdOptions): Promise<void> {
  try {
    await client.stop(name);
    printResult(options, { stopped: name }, 'STOPPED');
  } catch (error) {
    if (describeError(error).code === 'EPMD_NAME_UNKNOWN')
      return printResult(options, { stopped: null }, 'NOEXIST');
    if (options.json !== true && isRefusal(error)) print('epmd: local epmd responded with <>');
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return describeError(error).code === 'EPMD_REFUSED';
}

function secondsOf(text: string, option: string, least: number): number {
  return parseCount(text, option, [least, maxSeconds]) * 1000;
}

function daemonOptionsOf(port: number, options: EpmdOptions): EpmdServerOptions & { readonly port: number } {
  const { env } = process;
  const { packet_timeout: timeout = '60', delay_accept: accept = '0', delay_write: write = '0' } = options;
  return {
    port,
    host: (options.address ?? env['ERL_EPMD_ADDRESS'] ?? '').split(/[\s,]+/).filter((one) => one !== ''),
    relaxedCommandCheck: options.relaxed_command_check ?? env['ERL_EPMD_RELAXED_COMMAND_CHECK'] !== undefined,
    packetTimeoutMs: secondsOf(timeout, '-packet_timeout', 1),
    delays: { acceptMs: secondsOf(accept, '-delay_accept', 0), writeMs: secondsOf(write, '-delay_write', 0) },
    ...(options.debug === true ? { onLog: logLine, maxUnusedNames: unusedNamesWithDebug } : {}),
  };
}

/** Logs like `epmd -debug`: `epmd: Mon Nov 30 07:41:02 2026: ** got NAMES_REQ`. */
function logLine(line: string): void {
  const [day, month, date, year, time] = String(new Date()).split(' ');
  note(`epmd: ${day} ${month} ${String(Number(date)).padStart(2)} ${time} ${year}: ${line}`);
}

async function runDaemon(port: number, options: EpmdOptions): Promise<void> {
  const { notifySystemd, reportToStarter, serveUntilEnd, startDaemon, startDetached, systemdSockets } =
    await import('../running/epmd-daemon.ts');
  const daemonOptions = daemonOptionsOf(port, options);
  const isSystemd = options.systemd === true;
  if (options.daemon === true) {
    if (!isSystemd) return startDetached(detachedWords(port, options));
    throw new CliError('CLI_BAD_OPTION', '-daemon cannot be combined with -systemd', {
      remedy: 'Omit -daemon.',
    });
  }
  if (options.debug === true) logLine('epmd running - daemon = 0');
  const fileDescriptors = isSystemd ? systemdSockets(process.env, process.pid) : undefined;
  const server = await startDaemon({ ...daemonOptions, fileDescriptors }).catch((error: unknown) => {
    if (options.detached === true) reportToStarter(describeError(error));
    throw error;
  });
  if (options.detached === true) reportToStarter();
  else if (server === undefined) noteRunning(port, options);
  else announce(server, options);
  if (isSystemd) notifySystemd(process.env);
  if (server !== undefined) await serveUntilEnd(server);
}

function noteRunning(port: number, options: EpmdOptions): void {
  if (options.json === true) printResult(options, { port, alreadyRunning: true }, '');
  else note(`convoy: an EPMD is already running on port ${port}`);
}

function announce({ port, addresses }: EpmdServer, options: EpmdOptions): void {
  printResult(options, { port, addresses }, `convoy epmd is up on port ${port} (${addresses.join(', ')})`);
}

/** The arguments of the detached daemon. */
function detachedWords(port: number, options: EpmdOptions): string[] {
  const { address, packet_timeout: timeout, delay_accept: accept, delay_write: write } = options;
  const withValue = {
    '-address': address,
    '-packet_timeout': timeout,
    '-delay_accept': accept,
    '-delay_write': write,
  };
  return [
    '--detached',
    '-port',
    String(port),
    ...(options.relaxed_command_check === true ? ['-relaxed_command_check'] : []),
    ...Object.entries(withValue).flatMap(([name, value]) => (value === undefined ? [] : [name, value])),
  ];
}

async function runEpmd(options: EpmdOptions): Promise<void> {
  const { defaultEpmdPort } = await import('@convoy/node/epmd');
  const port = options.port === undefined ? defaultEpmdPort() : parsePort(options.port, '-port');
  const { names, dump, started, kill, stop } = options;
  const asks = [names, dump, started, kill].includes(true) || stop !== undefined;
  await (asks ? askDaemon(port, options) : runDaemon(port, options));
}

async function guardedEpmd(options: EpmdOptions): Promise<void> {
  await guarded(options, () => runEpmd(options));
  // Erlang's daemon has no other code for what went wrong.
  if (process.exitCode !== undefined) process.exitCode = exitCodes.failed;
}

export function configureEpmd(command: Command): void {
  command
    .option('-p, --port <port>', 'port, 0 for any free one (ERL_EPMD_PORT, else 4369)')
    .option('--daemon', 'run in the background; returns when the daemon answers')
    .option('-n, --names', 'print the registered names')
    .option('-k, --kill', 'stop the running daemon')
    .option('-s, --stop <name>', 'unregister a name from the running daemon')
    .option('--dump', 'print the registered names and those that were released')
    .option('--started', 'print nothing; the exit code says whether a daemon is running')
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
    .option('-d, --debug', 'log what the daemon does on standard error; it then remembers 5 released names')
    .option('--delay_accept <seconds>', 'simulate a busy machine: delay before a connection is served')
    .option('--delay_write <seconds>', 'simulate a busy machine: delay before a reply')
    .option('--systemd', 'serve the sockets that systemd passes on, for a unit that has a .socket unit')
    .option('--json', 'print one JSON document')
    .addOption(command.createOption('--detached', 'report to the process that started this one').hideHelp());
  addExamples(
    command,
    'convoy epmd',
    'convoy epmd -daemon',
    'convoy epmd -names',
    'convoy epmd -port 5369 -relaxed_command_check',
  );
  command.action((options: EpmdOptions) => guardedEpmd(options));
}
