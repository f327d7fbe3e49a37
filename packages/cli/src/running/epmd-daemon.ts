/**
 * Runs an EPMD daemon in the same ways as Erlang's own: in the foreground, detached from its terminal (`-daemon`, with which `erl` starts
 * it), and on sockets of systemd. An EPMD that already runs on the port is a success, not an error.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childEnvironment } from '@convoy/cluster';
import { EpmdError } from '@convoy/node';
import { EpmdClient, type EpmdServer, type EpmdServerOptions, startEpmdServer } from '@convoy/node/epmd';
import { CliError } from '../errors.ts';
import { ignoreLostOutput } from '../lost-output.ts';
import { note } from '../output.ts';
import { ownCommand } from './own-command.ts';

/** What a daemon that was started detached reports to the process that started it. */
type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Starts a daemon. Resolves with `undefined` if an EPMD already runs on the port. */
export async function startDaemon(
  options: EpmdServerOptions & { readonly port: number },
): Promise<EpmdServer | undefined> {
  try {
    return await startEpmdServer(options);
  } catch (error) {
    if (error instanceof EpmdError && error.code === 'EPMD_ADDRESS_IN_USE' && (await answers(options.port)))
      return undefined;
    throw error;
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    // Any text could be taken for a list of names; the port in front of it is that of the daemon.
    return (await new EpmdClient({ port }).names()).epmdPort === port;
  } catch {
    return false;
  }
}

/** Serves until a signal or a KILL request ends the daemon. */
export async function serveUntilEnd(server: EpmdServer): Promise<void> {
  ignoreLostOutput();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void server.close());
  await server.closed;
}

/** Starts the daemon as a process of its own, with these arguments. Resolves when it serves. Rejects with why it does not. */
export async function startDetached(words: readonly string[]): Promise<void> {
  const [file = '', ...args] = [...ownCommand(), 'epmd', ...words];
  const child = spawn(file, args, {
    detached: true,
    cwd: '/',
    env: { ...childEnvironment(), ...epmdSettings(process.env) },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new CliError(
      'CLI_EPMD_ENDED',
      `the daemon ended while it was starting (exit code ${String(code)})`,
      {
        remedy: 'Run it in the foreground, without -daemon, to see why.',
      },
    );
  });
  const [report] = (await Promise.race([once(child, 'message'), ended])) as [Report];
  ended.catch(() => undefined);
  child.disconnect();
  child.unref();
  if (report.kind === 'failed')
    throw new EpmdError(report.code as EpmdError['code'], report.message, { address: '' });
}

/** Reports to the process that started this one detached. */
export function reportToStarter(problem?: { readonly code: string; readonly message: string }): void {
  const report: Report =
    problem === undefined
      ? { kind: 'ready' }
      : { kind: 'failed', code: problem.code, message: problem.message };
  process.send?.(report, undefined, undefined, () => process.disconnect());
}

/** The listening sockets that systemd has passed to this process, from file descriptor 3 on. Throws CLI_BAD_OPTION if there are none. */
export function systemdSockets(env: NodeJS.ProcessEnv, pid: number): number[] {
  const count = Number(env['LISTEN_FDS'] ?? 0);
  if (Number(env['LISTEN_PID']) === pid && Number.isInteger(count) && count > 0)
    return Array.from({ length: count }, (_, index) => 3 + index);
  throw new CliError(
    'CLI_BAD_OPTION',
    '-systemd was given, but systemd has passed no sockets to this process',
    {
      remedy: 'Start it by a unit that has a .socket unit, or omit -systemd.',
    },
  );
}

/** The EPMD settings in the environment, such as its port. */
function epmdSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('ERL_EPMD_')));
}

/** Tells systemd that the daemon is ready (`Type=notify`). Node.js cannot open that kind of socket itself. */
export function notifySystemd(env: NodeJS.ProcessEnv): void {
  const { NOTIFY_SOCKET } = env;
  if (NOTIFY_SOCKET === undefined) return;
  const notifier = spawn('systemd-notify', ['--ready', `--pid=${process.pid}`], {
    env: { ...childEnvironment(env), NOTIFY_SOCKET },
    stdio: 'ignore',
  });
  notifier.once('error', (error) => note(`convoy: systemd cannot be notified: ${error.message}`));
}
