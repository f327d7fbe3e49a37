/** Parses and formats the route to a machine: `ops@bastion,app@db1:2222`. Makes no lookups. */

import { isIPv6 } from 'node:net';
import { formatHostPort } from '@convoy/node/names';
import { SshError } from '../../../errors.ts';
import type { SshHop, SshTarget } from './ssh-connection.ts';

const maxHops = 8;
/** Must not start with a dash, which the system's `ssh` would take for an option. */
const hostForm = /^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,252}$/;
/** May contain an `@`: some bastions take the account and the machine in one user name. */
const userForm = /^[^\s,:/@"\p{C}-][^\s,:/"\p{C}]{0,127}$/u;
const scheme = /^ssh:\/\//;

/**
 * Parses `[ssh://][user@]host[:port][,next-hop...]`; an IPv6 address with a port needs brackets: `[::1]:22`. Throws
 * `SshError` SSH_BAD_TARGET.
 */
export function parseSshTarget(text: string): SshTarget {
  const words = text
    .split(',', maxHops + 1)
    .map((word) => word.trim().replace(scheme, '').replace(/\/$/, ''));
  if (words.length > maxHops) throw badTarget(text, `it has more than ${maxHops} hops`);
  const [first, ...others] = words.map((word) => parseHop(text, word));
  if (first === undefined) throw badTarget(text, 'it is empty');
  return { hops: [first, ...others] };
}

function parseHop(text: string, word: string): SshHop {
  const at = word.lastIndexOf('@');
  const user = at < 0 ? undefined : word.slice(0, at);
  const { host, port } = splitPort(word.slice(at + 1));
  // The message must not repeat what looks like a password.
  if (user?.includes(':') === true) throw badTarget(undefined, 'it must not contain a password');
  if (user !== undefined && !userForm.test(user)) throw badTarget(text, `"${user}" is not a valid user name`);
  const isHost = host.includes(':') ? isIPv6(host) : hostForm.test(host);
  if (!isHost) throw badTarget(text, `"${host}" is not a valid host name or address`);
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)) {
    throw badTarget(text, `"${port}" is not a valid port`);
  }
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function splitPort(text: string): { readonly host: string; readonly port: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: bracketed[2] };
  const colon = text.indexOf(':');
  // More than one colon: an IPv6 address without brackets.
  if (colon < 0 || text.includes(':', colon + 1)) return { host: text, port: undefined };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

function badTarget(text: string | undefined, why: string): SshError {
  const what = text === undefined ? 'the text' : JSON.stringify(text.slice(0, 300));
  return new SshError('SSH_BAD_TARGET', `${what} is not a valid SSH target: ${why}`, {
    remedy: 'Write user@host or user@host:port; for jumps, write all hops in order, separated by commas.',
  });
}

export function formatSshHop({ host, user, port }: SshHop): string {
  const where = port === undefined ? host : formatHostPort({ host, port });
  return user === undefined ? where : `${user}@${where}`;
}

/** Formats a target in the form that `parseSshTarget` parses. */
export function formatSshTarget(target: SshTarget): string {
  return target.hops.map(formatSshHop).join(',');
}
