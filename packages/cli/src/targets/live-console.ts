/** The live socket of the running console. Reconnects for as long as that console runs. */

import type { ClientMessage, ServerMessage } from '@convoy/console/protocol';
import { serverMessageSchema } from '@convoy/console/protocol';
import { findRunningConsole, type RunningConsoleFile } from '@convoy/console/running';
import { backoff, pause } from '@convoy/node/async';
import { dataDirOf } from '../options/config.ts';
import { CliError } from '../errors.ts';
import { describeError, note } from '../output.ts';
import { type ConsoleClient, createConsoleClient, noConsole } from './console-client.ts';

/** A live socket that the console has welcomed. */
export interface LiveSocket {
  /** The process of the console: another one after a restart. */
  readonly pid: number;
  readonly ask: ConsoleClient;
  send(message: ClientMessage): void;
}

/** The first message of the console on a socket. */
export type WelcomeMessage = Extract<ServerMessage, { type: 'welcome' }>;

/** Receives what the console sends. */
export interface LiveListener {
  /** Called for the first socket, and for each one that replaces it, with all nodes and clusters of the console. */
  onWelcome(socket: LiveSocket, welcome: WelcomeMessage): void;
  onMessage(message: ServerMessage): void;
}

/** The close code of a console that is shutting down. */
const goingAway = 1001;
const waits = { firstMs: 100, lastMs: 2000 };

/**
 * Follows the console on a data directory until the signal aborts; then it resolves. Rejects with CLI_NO_CONSOLE when the console has
 * ended, and with the signal's reason if that is an error.
 */
export async function followConsole(
  dataDirOption: string | undefined,
  listener: LiveListener,
  signal: AbortSignal,
): Promise<void> {
  const dataDir = dataDirOf(dataDirOption);
  let attempt = 0;
  for (let isFirst = true; ; isFirst = false) {
    const running = findRunningConsole(dataDir);
    if (running === undefined) throw isFirst ? noConsole(dataDir) : ended(dataDir);
    const outcome = await runSocket(running, { ask: createConsoleClient(dataDir), listener, signal });
    if (signal.aborted) break;
    if (outcome === 'lost') {
      note('convoy: the connection to the console was lost; connecting again');
      attempt = 0;
    }
    await pause(backoff(attempt, waits), signal).catch(() => undefined);
    if (signal.aborted) break;
    attempt += 1;
  }
  if (signal.reason instanceof CliError) throw signal.reason;
}

function ended(dataDir: string): CliError {
  return new CliError('CLI_NO_CONSOLE', `the console on ${dataDir} has ended`, {
    remedy: 'Start it again with `convoy up`.',
  });
}

interface SocketContext {
  readonly ask: ConsoleClient;
  readonly listener: LiveListener;
  readonly signal: AbortSignal;
}

/** Runs one socket to its end. Resolves with `lost` if it was live and the console has not closed it in order to end. */
async function runSocket(
  { url, token, pid }: RunningConsoleFile,
  { ask, listener, signal }: SocketContext,
): Promise<'lost' | 'refused'> {
  const ticket = await ticketFrom(ask);
  if (ticket === undefined || signal.aborted) return 'refused';
  const address = new URL('./api/live', url);
  address.protocol = address.protocol.replace('http', 'ws');
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${token}` } });
  const send = (message: ClientMessage): void => socket.send(JSON.stringify(message));
  const { promise, resolve, reject } = Promise.withResolvers<'lost' | 'refused'>();
  let isLive = false;
  const onAbort = (): void => {
    socket.close();
    resolve('refused');
  };
  signal.addEventListener('abort', onAbort, { once: true });
  socket.addEventListener('open', () => send({ type: 'hello', ticket }));
  const onEnd = (code?: number): void => resolve(isLive && code !== goingAway ? 'lost' : 'refused');
  socket.addEventListener('close', ({ code }) => onEnd(code));
  // Node.js 22 reports a refused connection by an error only.
  socket.addEventListener('error', () => onEnd());
  socket.addEventListener('message', ({ data }) => {
    try {
      const message = parseMessage(data);
      if (message.type !== 'welcome') return listener.onMessage(message);
      isLive = true;
      listener.onWelcome({ pid, ask, send }, message);
    } catch (error) {
      reject(error);
      socket.close();
    }
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** A ticket for one socket; `undefined` if the console does not answer, as while it shuts down. */
async function ticketFrom(ask: ConsoleClient): Promise<string | undefined> {
  try {
    return (await ask('POST /api/tickets')).ticket;
  } catch (error) {
    if (describeError(error).code !== 'CLI_NO_CONSOLE') throw error;
    return undefined;
  }
}

function parseMessage(data: unknown): ServerMessage {
  const { success, data: message } = serverMessageSchema.safeParse(parseJson(data));
  if (success) return message;
  throw new CliError(
    'CLI_WRONG_ANSWER',
    'a message on the live socket of the console has an unexpected format',
    {
      remedy: 'The console was started by another version of `convoy`: restart it with this one.',
    },
  );
}

function parseJson(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
