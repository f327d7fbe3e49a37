/**
 * Finds the owner of the socket at the other end of a stream on this machine, as reported by the kernel. Any user can
 * register any name with EPMD, or take a port that became free, and could relay the proof of a cookie to another node.
 * Works on Linux only; on other systems, and for other machines, owners are unknown and nothing is refused.
 */

import { readFile } from 'node:fs/promises';
import { endianness, networkInterfaces } from 'node:os';
import process from 'node:process';
import { ConnectionError } from '../../errors.ts';
import {
  addressKey,
  ownersOfFarEnd,
  readSocketTable,
  type SocketRow,
  type StreamEnds,
} from './socket-table.ts';

/** Options of `createOwnerCheck`. */
export interface OwnerCheckOptions {
  /** The uids of users whose nodes may be dialled, in addition to root and the user of this process. */
  readonly accept?: readonly number[];
}

/**
 * Creates a check for `TcpTransportOptions.checkStream`. It rejects with `ConnectionError` CONNECTION_WRONG_OWNER when the
 * port belongs to another user.
 */
export function createOwnerCheck(
  options: OwnerCheckOptions = {},
): (ends: StreamEnds, peer: string | undefined) => Promise<void> {
  const accepted = new Set([0, ...(options.accept ?? [])]);
  const own = process.getuid?.();
  if (own !== undefined) accepted.add(own);
  return async (ends, peer) => {
    if (process.platform !== 'linux' || !isOwnAddress(ends.remote.address)) return;
    const rows = await socketRows();
    const owners = rows === undefined ? [] : ownersOfFarEnd(rows, ends);
    const wrong = owners.find((uid) => !accepted.has(uid));
    if (wrong !== undefined) throw await wrongOwner(wrong, ends, peer);
  };
}

/** Whether the address belongs to this machine: loopback, or the address of an interface. */
export function isOwnAddress(address: string): boolean {
  const key = addressKey(address);
  if (key === undefined) return false;
  if (key.startsWith('127.') || key === `${'0'.repeat(31)}1`) return true;
  return Object.values(networkInterfaces()).some((all) =>
    (all ?? []).some((one) => addressKey(one.address) === key),
  );
}

/** The rows of the kernel's socket tables; `undefined` if there are none. */
async function socketRows(): Promise<SocketRow[] | undefined> {
  const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
  const tables = await Promise.all([read('/proc/net/tcp'), read('/proc/net/tcp6')]);
  const isLittleEndian = endianness() === 'LE';
  const rows = tables.flatMap((text) => readSocketTable(text, isLittleEndian));
  return rows.length === 0 ? undefined : rows;
}

async function wrongOwner(
  uid: number,
  { remote }: StreamEnds,
  peer: string | undefined,
): Promise<ConnectionError> {
  const name = await userName(uid);
  const user = name === undefined ? `the user with the uid ${uid}` : `the user ${name}`;
  const what = peer === undefined ? 'the node' : peer;
  return new ConnectionError(
    'CONNECTION_WRONG_OWNER',
    `port ${remote.port} of this machine, registered for ${what}, belongs to ${user}, who is neither root nor the user of ` +
      `this process: that user could relay the proof of the cookie to another node`,
    {
      peer,
      value: name ?? String(uid),
      remedy: `If ${what} is meant to run as that user, add the user to \`accept\` of createOwnerCheck; otherwise find out what listens there (ss -ltnp).`,
    },
  );
}

async function userName(uid: number): Promise<string | undefined> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const row = text.split('\n').find((line) => line.split(':')[2] === String(uid));
  const name = row?.split(':')[0];
  return name !== undefined && /^[A-Za-z_][\w.-]{0,63}\$?$/.test(name) ? name : undefined;
}
