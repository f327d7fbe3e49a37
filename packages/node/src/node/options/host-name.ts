/** Which hosts are valid in a node name, and which are loopback hosts. Pure: it looks nothing up. */

import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Numbers that a resolver would read as an address: `127.1`, `0x7f000001`, `2130706433`. */
const numericHost = /^(?:\d{8,10}|(?:0x[\da-f]+|\d+)(?:\.(?:0x[\da-f]+|\d+))+|0x[\da-f]+)$/i;
/** Host names, with the underscore that some networks use, and an optional trailing dot for an absolute name. */
const namedHost = /^[a-z\d_](?:[a-z\d_.-]*[a-z\d_])?\.?$/i;

/** What is wrong with a host. */
export interface HostFault {
  /** A clause about "it". */
  readonly fault: string;
  readonly remedy: string;
}

const slash: HostFault = {
  fault: 'it has a slash',
  remedy: 'Write the address alone, without a prefix length.',
};
const incomplete: HostFault = {
  fault: 'it is not a complete IPv4 address',
  remedy: 'Write all four numbers, such as 127.0.0.1.',
};
const characters: HostFault = {
  fault: 'it has invalid characters',
  remedy: 'Use letters, digits, - and dots.',
};
const brackets: HostFault = {
  fault: 'it has brackets',
  remedy: 'Write an IPv6 address without them, such as ::1.',
};
const notIpv6: HostFault = {
  fault: 'it is not a valid IPv6 address',
  remedy: 'Write an address such as ::1, without a port.',
};

/** Why `host` is neither an IP address nor a host name; `undefined` when it is valid. */
export function hostFault(host: string): HostFault | undefined {
  if (isIPv4(host)) return undefined;
  if (host.includes(':')) return isIPv6(host) ? undefined : ipv6Fault(host);
  if (host.includes('/')) return slash;
  if (numericHost.test(host)) return incomplete;
  return namedHost.test(host) ? undefined : characters;
}

function ipv6Fault(host: string): HostFault {
  return /[[\]]/.test(host) ? brackets : notIpv6;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
const loopback6 = new BlockList();
loopback6.addAddress('::1', 'ipv6');

/** RFC 6761: `localhost` and its subdomains; the other names appear in the hosts files of common systems. */
const loopbackName =
  /^(?:(?:.+\.)?localhost|localhost\.localdomain|localhost6?|ip6-(?:localhost|loopback))\.?$/i;

/** Whether only this machine can reach the host, in any spelling of the address or the name. */
export function isLoopbackHost(host: string): boolean {
  if (isIPv4(host)) return loopback.check(host, 'ipv4');
  if (isIPv6(host)) return loopback.check(host, 'ipv6');
  return loopbackName.test(host);
}

/**
 * Where to listen for a loopback host: at the address that peers dial for it. For a name such as `localhost` it is
 * `localhost`, which stands for 127.0.0.1 and ::1, because a peer may resolve the name to either.
 */
export function loopbackAddress(host: string, prefersInet6: boolean): string {
  // All of 127/8 is loopback, and a peer that dials 127.0.0.2 needs exactly that address.
  if (isIPv4(host)) return host;
  // `::ffff:127.0.0.1`, in any spelling, reaches IPv4.
  if (isIPv6(host)) return loopback6.check(host, 'ipv6') ? '::1' : '127.0.0.1';
  return prefersInet6 || /^(?:ip6-|localhost6)/i.test(host) ? '::1' : 'localhost';
}
