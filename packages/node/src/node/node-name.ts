/**
 * Node names: what form they must have and which may talk to which. Long names (`-name` in Erlang) have a host with a
 * dot or an address, short names (`-sname`) one without; nodes of different style do not dial each other. Pure.
 */
import { ConnectionError, NodeError } from '../errors.ts';

/** A full node name and its parts. */
export interface NodeName {
  readonly full: string;
  /** Before the `@`. */
  readonly name: string;
  /** After it. */
  readonly host: string;
}

/** An atom holds no more characters. */
const maxNameLength = 255;

/** Splits `name@host`; `undefined` when it has not that form. */
export function parseNodeName(full: string): NodeName | undefined {
  const parts = full.split('@');
  const [name, host] = parts;
  const isPrintable = /^[\x21-\x7e]+$/.test(full);
  if (parts.length !== 2 || !name || !host || !isPrintable || full.length > maxNameLength) return undefined;
  return { full, name, host };
}

/** The name a node is to have. Without a host it gets the first part of `hostName`, as `-sname` does. */
export function completeNodeName(given: string, hostName: string): NodeName {
  const parsed = parseNodeName(given.includes('@') ? given : `${given}@${hostName.split('.', 1)[0]}`);
  if (parsed !== undefined) return parsed;
  throw new NodeError(
    'NODE_BAD_NAME',
    `${JSON.stringify(given)} cannot be a node name: write name@host in printable ASCII with one @, ` +
      `for instance web@127.0.0.1; at most ${maxNameLength} characters`,
  );
}

/** Whether a host makes a name a long one. */
export function isLongHost(host: string): boolean {
  return /[.:]/.test(host);
}

/** Why a node must not dial a peer, as an error; `undefined` when it may. `any` lets names of both forms pass. */
export function nameMismatch(
  self: string,
  peer: string,
  forms: 'same' | 'any' = 'same',
): ConnectionError | undefined {
  const own = parseNodeName(self);
  const other = parseNodeName(peer);
  if (other === undefined) {
    return new ConnectionError('CONNECTION_NAME_FORM', `"${peer}" is no node name: it must be name@host`, {
      peer,
    });
  }
  if (own === undefined || forms === 'any' || isLongHost(own.host) === isLongHost(other.host))
    return undefined;
  const [long, short] = isLongHost(own.host) ? [self, peer] : [peer, self];
  return new ConnectionError(
    'CONNECTION_NAME_FORM',
    `${self} cannot connect to ${peer}: ${long} is a long name (its host has a dot or is an address) and ${short} a ` +
      'short one; start both nodes with names of one style',
    { peer },
  );
}

/** Whether only this machine can reach the host. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
