/** Parses the sockets of this machine from Linux's /proc/net/tcp and tcp6, and finds the owner of each end. Pure. */

import { isIPv4, isIPv6 } from 'node:net';

/** One end of a TCP stream. */
export interface StreamEnd {
  readonly address: string;
  readonly port: number;
}

/** The two ends of a stream, as seen from the side that dialled. */
export interface StreamEnds {
  readonly local: StreamEnd;
  readonly remote: StreamEnd;
}

export interface SocketRow {
  /** In the form of `addressKey`. */
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  readonly isListening: boolean;
  readonly uid: number;
  /** Whether a process holds the socket: not yet true for a connection that waits to be accepted. */
  readonly isHeld: boolean;
}

const listening = '0A';
const anyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '0'.repeat(32)]);

/** The canonical form of an address: IPv4 in dotted form, even if it is mapped into IPv6, and IPv6 as 32 hex digits. */
export function addressKey(address: string): string | undefined {
  const [plain = ''] = address.split('%');
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return undefined;
  const [, dotted] = /:(\d+\.\d+\.\d+\.\d+)$/.exec(plain) ?? [];
  const tail = dotted === undefined ? '' : dottedHex(dotted);
  const text = dotted === undefined ? plain : plain.slice(0, -dotted.length) + tail;
  const [head = '', rest] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(rest ?? '')];
  const zeros = rest === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => '0');
  return withoutMapping([...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join(''));
}

function dottedHex(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function withoutMapping(digits: string): string {
  const key = digits.toLowerCase();
  if (!key.startsWith(`${'0'.repeat(20)}ffff`)) return key;
  return Array.from(Buffer.from(key.slice(24), 'hex')).join('.');
}

/** The rows of one of the two files. Other lines are skipped. */
export function readSocketTable(text: string, isLittleEndian = true): SocketRow[] {
  return text.split('\n').flatMap((line) => readRow(line, isLittleEndian) ?? []);
}

function readRow(line: string, isLittleEndian: boolean): SocketRow | undefined {
  const [, local = '', remote = '', state, , , , uid, , inode] = line.trim().split(/\s+/);
  const [from, to] = [readEnd(local, isLittleEndian), readEnd(remote, isLittleEndian)];
  if (from === undefined || to === undefined || uid === undefined || !/^\d+$/.test(uid)) return undefined;
  return {
    local: from.key,
    localPort: from.port,
    remote: to.key,
    remotePort: to.port,
    isListening: state === listening,
    uid: Number(uid),
    isHeld: inode !== undefined && inode !== '0',
  };
}

/** Reads `0100007F:1F90`: 32-bit words in the byte order of the machine, then the port. */
function readEnd(
  text: string,
  isLittleEndian: boolean,
): { readonly key: string; readonly port: number } | undefined {
  const [, digits, port] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/i.exec(text) ?? [];
  if (digits === undefined || port === undefined) return undefined;
  const bytes = Buffer.from(digits, 'hex');
  if (isLittleEndian) bytes.swap32();
  const key = bytes.length === 4 ? Array.from(bytes).join('.') : withoutMapping(bytes.toString('hex'));
  return { key, port: Number.parseInt(port, 16) };
}

/**
 * The users who own the far end of a stream between two sockets of this machine: the owner of the connection once it is
 * accepted, otherwise of the listening socket. Empty when the far end is not a socket of this machine.
 */
export function ownersOfFarEnd(rows: readonly SocketRow[], { local, remote }: StreamEnds): number[] {
  const [near, far] = [addressKey(local.address), addressKey(remote.address)];
  const accepted = rows.filter(
    (row) =>
      row.isHeld &&
      !row.isListening &&
      row.localPort === remote.port &&
      row.remotePort === local.port &&
      row.local === far &&
      row.remote === near,
  );
  if (accepted.length > 0) return uidsOf(accepted);
  const listeners = rows.filter((row) => row.isListening && row.localPort === remote.port);
  // The kernel prefers the socket that listens on exactly that address.
  const exact = listeners.filter((row) => row.local === far);
  return uidsOf(exact.length > 0 ? exact : listeners.filter((row) => anyAddress.has(row.local)));
}

function uidsOf(rows: readonly SocketRow[]): number[] {
  return [...new Set(rows.map(({ uid }) => uid))];
}
