/** Dials ports from this machine, and says what came of it. */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, isIPv4 } from 'node:net';
import { anySignal } from '@convoy/node/async';
import type { DialOutcome, DialSeen } from '../model/seen.ts';

type FailedDial = Exclude<DialOutcome, 'open'>;

const outcomes: Readonly<Record<string, FailedDial>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  ETIMEDOUT: 'silent',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'no-route',
  EAFNOSUPPORT: 'no-route',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
};

/** The outcome for an error code of the system. An answer from the network may still turn out to be one of this machine. */
export function outcomeOf(code: string): FailedDial {
  return outcomes[code] ?? 'failed';
}

/** Opens a port and closes it again. The signal's end counts as silence. */
export async function dialPort(address: string, port: number, signal: AbortSignal): Promise<DialSeen> {
  const socket = connect({ host: address, port });
  try {
    await once(socket, 'connect', { signal });
    return { outcome: 'open', code: '', localAddress: socket.localAddress };
  } catch (error) {
    const code = codeOf(error);
    const outcome = outcomeOf(code);
    const isLocal = outcome === 'unreachable' && !(await hasRoute(address));
    return { outcome: isLocal ? 'no-route' : outcome, code };
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

/** The code of a system error; `ETIMEDOUT` for the end of a time limit. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  const { code, name } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError' || name === 'AbortError') return 'ETIMEDOUT';
  return code ?? 'UNKNOWN';
}

/** Whether this machine knows a way to the address. Nothing is sent: UDP only chooses the way. */
async function hasRoute(address: string): Promise<boolean> {
  const socket = createSocket(isIPv4(address) ? 'udp4' : 'udp6');
  try {
    socket.connect(9, address);
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

const greetingMs = 1500;

/**
 * The first line of a program that speaks before it is asked; empty if it closes without a word, `undefined` if it says nothing in
 * time or cannot be reached.
 */
export async function readGreeting(
  address: string,
  port: number,
  { ask, signal }: { readonly ask?: string; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const socket = connect({ host: address, port });
  const limit = anySignal(signal, AbortSignal.timeout(greetingMs));
  try {
    await once(socket, 'connect', { signal: limit });
    if (ask !== undefined) socket.write(ask);
    const chunk = (await Promise.race([
      once(socket, 'data', { signal: limit }).then(([data]) => data as Buffer),
      once(socket, 'end', { signal: limit }).then(() => Buffer.alloc(0)),
    ])) as Buffer;
    return shown(chunk);
  } catch (error) {
    return codeOf(error) === 'ECONNRESET' ? '' : undefined;
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

/** The first line, if it is text. */
function shown(chunk: Buffer): string | undefined {
  const line =
    chunk
      .subarray(0, 80)
      .toString('latin1')
      .split(/[\r\n]/)[0] ?? '';
  return /^[\x20-\x7e]*$/.test(line) ? line : undefined;
}

const incomplete = '0x0';

/** By the ARP table of Linux: an address that was dialled on the same network has an entry, complete if a machine has answered. */
export async function neighbourOf(address: string): Promise<'present' | 'missing' | undefined> {
  if (!isIPv4(address)) return undefined;
  const text = await readFile('/proc/net/arp', 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const [entry, , flags] = line.split(/\s+/);
    if (entry === address) return flags === incomplete ? 'missing' : 'present';
  }
  return undefined;
}
