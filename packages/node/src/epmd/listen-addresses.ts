/** Which addresses a daemon listens on, and which peers are on this machine. Pure: addresses are text. */

import { isIP } from 'node:net';
import { EpmdError } from '../errors.ts';

/** EPMD's own limit. */
const maxAddresses = 16;

export interface ListenAddress {
  readonly host: string;
  /** Skipped if the machine does not have the address: ::1 on a machine without IPv6. */
  readonly isOptional: boolean;
}

/** The requested addresses and the two loopback addresses, unless a wildcard includes them. Throws `EpmdError`. */
export function listenAddresses(asked: string | readonly string[] = []): ListenAddress[] {
  const hosts = [...new Set(typeof asked === 'string' ? [asked] : asked)];
  for (const host of hosts) {
    if (isIP(host) === 0)
      throw refused(
        host,
        `"${host}" is not a valid IP address`,
        'Write an address such as 127.0.0.1, not a name.',
      );
  }
  // A socket on :: accepts IPv4 as well, so the port is taken for any other address.
  if (hosts.includes('::')) return [{ host: '::', isOptional: false }];
  const wanted = hosts.map((host) => ({ host, isOptional: false }));
  const hasAllOfIpv4 = hosts.includes('0.0.0.0');
  const kept = hasAllOfIpv4 ? wanted.filter(({ host }) => host === '0.0.0.0' || isIP(host) === 6) : wanted;
  const loopback = hasAllOfIpv4 ? ['::1'] : ['127.0.0.1', '::1'];
  for (const host of loopback.filter((one) => !hosts.includes(one))) {
    kept.push({ host, isOptional: host === '::1' });
  }
  if (kept.length > maxAddresses) {
    throw refused(
      kept[0]?.host ?? '',
      `EPMD can listen on at most ${maxAddresses} addresses, including loopback; ${kept.length} were given`,
      'Use 0.0.0.0 or :: to listen on all addresses.',
    );
  }
  return kept;
}

function refused(address: string, message: string, remedy: string): EpmdError {
  return new EpmdError('EPMD_UNREACHABLE', message, { address, value: address, remedy });
}

/** Whether the peer of a connection is on this machine: its address is loopback, or the address that it dialled. */
export function isLocalPeer(remote: string | undefined, local: string | undefined): boolean {
  if (remote === undefined) return false;
  const plain = remote.startsWith('::ffff:') ? remote.slice(7) : remote;
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.')) || remote === local;
}
