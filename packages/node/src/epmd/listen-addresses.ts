/** Which addresses a daemon listens on, and which peers are of this machine. Pure: addresses are text. */
import { isIP } from 'node:net';
import { EpmdError } from '../errors.ts';

/** EPMD's own bound. */
const maxAddresses = 16;

export interface ListenAddress {
  readonly host: string;
  /** Left out where the machine does not have it: ::1 on a machine without IPv6. */
  readonly isOptional: boolean;
}

/** The addresses asked for and the two of loopback, unless a wildcard has them already. Throws EpmdError. */
export function listenAddresses(asked: string | readonly string[] = []): ListenAddress[] {
  const hosts = [...new Set(typeof asked === 'string' ? [asked] : asked)];
  for (const host of hosts) {
    if (isIP(host) === 0) throw refused(host, `"${host}" is no IP address; write 127.0.0.1, not a name`);
  }
  // A socket on :: takes IPv4 as well, so no other would find the port free.
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
      `an EPMD listens on at most ${maxAddresses} addresses, loopback included`,
    );
  }
  return kept;
}

function refused(address: string, message: string): EpmdError {
  return new EpmdError('EPMD_UNREACHABLE', message, { address });
}

/** Whether the peer of a connection is on this machine: a loopback address, or the very address it was dialled at. */
export function isLocalPeer(remote: string | undefined, local: string | undefined): boolean {
  if (remote === undefined) return false;
  const plain = remote.startsWith('::ffff:') ? remote.slice(7) : remote;
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.')) || remote === local;
}
